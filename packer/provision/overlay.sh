#!/usr/bin/env bash
# Copies rootfs/ to the system. Owners and modes are set here, because git and copying do not preserve them reliably.
set -euo pipefail
source=/tmp/mesos-bakery/rootfs

# In Debian's package of ZooKeeper, this is a link to an example, which would be used as configuration.
if [[ -L /etc/zookeeper/conf ]]; then rm /etc/zookeeper/conf; fi

while IFS= read -r file; do
  mode=0644
  [[ $file == usr/lib/mesos-bakery/* ]] && mode=0755
  install -D -m "$mode" -o root -g root "$source/$file" "/$file"
done < <(cd "$source" && find . -type f -printf '%P\n')
install -D -m 0644 -o root -g root /tmp/mesos-bakery/image.env /etc/mesos-bakery/image.env

# Selects the data source of cloud-init. In a container, the engine configures the network.
. /etc/mesos-bakery/image.env
cloud=/etc/cloud/cloud.cfg.d/95-mesos-bakery.cfg
if [[ $CGROUPS == host ]]; then
  printf '%s\n' 'datasource_list: [NoCloud, None]' 'network: {config: disabled}' 'locale: false' >$cloud
else
  echo 'datasource_list: [Ec2, None]' >$cloud
fi

systemd-sysusers
systemd-tmpfiles --create --prefix=/var/lib --prefix=/var/log
