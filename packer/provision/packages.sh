#!/usr/bin/env bash
# Installs what Debian has. No service starts, here or in any later step: the machine that is baked is no node.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

# A machine boots with these; a container's base may lack them.
machine=(
  ca-certificates cloud-init curl dbus iproute2 iputils-ping kmod less libpam-systemd locales netbase openssh-server
  procps sudo systemd-sysv udev
)
# libzookeeper-java is all of ZooKeeper but its scripts; the package zookeeper would bring a desktop's Java.
leaders=(libzookeeper-java default-jre-headless)
# What Mesos is linked with, as packages of it often forget to say.
mesos=(libapr1 libcurl4 libev4 libevent-2.1-7 libevent-openssl-2.1-7 libsasl2-modules libsvn1 libunwind8)
others=(dnsmasq-base jq logrotate nftables unzip)

# A machine that has just booted is still being set up by cloud-init, apt's sources among others.
if [[ -d /run/systemd/system ]] && ! timeout 300 cloud-init status --wait >/dev/null; then
  echo "packages: cloud-init is not done, or not well; going on: $(cloud-init status 2>&1)" >&2
fi

# What is enabled before anything of ours comes is the base image's own business, and no fault to verify.
mkdir -p /usr/share/mesos-bakery
systemctl --root=/ list-unit-files --state=enabled --no-legend 2>/dev/null |
  awk '{ print $1 }' >/usr/share/mesos-bakery/enabled-in-base || true

# Debian's packages ask whether they may start; others don't, and find their units masked until the overlay is there.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
systemctl --runtime --quiet mask {consul,dnsmasq,zookeeper,mesos{,-master,-agent,-slave},marathon}.service 2>/dev/null
# Both are taken away again by cleanup.
printf 'Acquire::Retries "3";\nDPkg::Lock::Timeout "300";\n' >/etc/apt/apt.conf.d/99-mesos-bakery
mkdir -p /usr/share/man/man1 # Java's packages link into it and fail where documentation is left out

apt-get -qq update
apt-get -qq install --no-install-recommends "${machine[@]}" "${leaders[@]}" "${mesos[@]}" "${others[@]}" \
  </dev/null >/dev/null
