#!/usr/bin/env bash
# Lays rootfs/ over the system. Owners and modes are given here, as what git and a copy keep of them varies.
set -euo pipefail
source=/tmp/mesos-bakery/rootfs

# Debian's package of ZooKeeper links this to an example, which would be a configuration.
if [[ -L /etc/zookeeper/conf ]]; then rm /etc/zookeeper/conf; fi

while IFS= read -r file; do
  mode=0644
  [[ $file == usr/lib/mesos-bakery/* ]] && mode=0755
  install -D -m "$mode" -o root -g root "$source/$file" "/$file"
done < <(cd "$source" && find . -type f -printf '%P\n')
install -D -m 0644 -o root -g root /tmp/mesos-bakery/image.env /etc/mesos-bakery/image.env

# Where a machine hears who it is. In a container the network is the engine's.
. /etc/mesos-bakery/image.env
cloud=/etc/cloud/cloud.cfg.d/95-mesos-bakery.cfg
if [[ $CGROUPS == host ]]; then
  printf '%s\n' 'datasource_list: [NoCloud, None]' 'network: {config: disabled}' 'locale: false' >$cloud
else
  echo 'datasource_list: [Ec2, None]' >$cloud
fi

systemd-sysusers
systemd-tmpfiles --create --prefix=/var/lib --prefix=/var/log
