#!/usr/bin/env bash
# Installs packages from Debian. No service is started, here or in any later step, because the machine that is baked is
# not a node.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

# Required to boot a machine; the base image of a container may lack them.
machine=(
  ca-certificates cloud-init curl dbus iproute2 iputils-ping kmod less libpam-systemd locales netbase openssh-server
  openssl procps sudo systemd-sysv udev
)
# libzookeeper-java contains everything of ZooKeeper except its scripts; the package zookeeper would install a desktop
# Java.
leaders=(libzookeeper-java default-jre-headless)
# The libraries that Mesos is linked with. Packages of Mesos often do not declare all of them.
mesos=(libapr1 libcurl4 libev4 libevent-2.1-7 libevent-openssl-2.1-7 libsasl2-modules libsvn1 libunwind8)
others=(dnsmasq-base jq logrotate nftables unzip)

# On a machine that has just booted, cloud-init may still be configuring the system, including the apt sources.
if [[ -d /run/systemd/system ]] && ! timeout 300 cloud-init status --wait >/dev/null; then
  echo "packages: cloud-init has not finished, or has failed; continuing: $(cloud-init status 2>&1)" >&2
fi

# Records the units that are enabled in the base image, which verify accepts.
mkdir -p /usr/share/mesos-bakery
systemctl --root=/ list-unit-files --state=enabled --no-legend 2>/dev/null |
  awk '{ print $1 }' >/usr/share/mesos-bakery/enabled-in-base || true

# Packages of Debian ask policy-rc.d before they start services. Services of other packages are masked until the overlay
# is installed.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
systemctl --runtime --quiet mask {consul,dnsmasq,zookeeper,mesos{,-master,-agent,-slave},marathon}.service 2>/dev/null
# cleanup.sh removes both.
printf 'Acquire::Retries "3";\nDPkg::Lock::Timeout "300";\n' >/etc/apt/apt.conf.d/99-mesos-bakery
mkdir -p /usr/share/man/man1 # Java packages create links in it and fail if documentation is excluded

apt-get -qq update
apt-get -qq install --no-install-recommends "${machine[@]}" "${leaders[@]}" "${mesos[@]}" "${others[@]}" \
  </dev/null >/dev/null
