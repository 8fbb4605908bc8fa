#!/usr/bin/env bash
# Disables all services, which the user data then enables. Packages often enable the services that they install. Only
# the report on the console is enabled, because it must not depend on the user data.
set -euo pipefail

ours=(
  consul dnsmasq zookeeper mesos-master mesos-agent marathon
  mesos-bakery-facts mesos-bakery-names mesos-bakery-seat mesos-bakery-drain
  mesos-bakery-secrets mesos-bakery-consul-acl mesos-bakery-zookeeper-acl
)
packaged=(mesos mesos-slave mesos-leader zookeeperd)

# All units except the agent, whose tasks would inherit the restrictions.
for unit in "${ours[@]}"; do
  [[ $unit == mesos-agent ]] && continue
  mkdir -p "/etc/systemd/system/$unit.service.d"
  ln -sfn /usr/share/mesos-bakery/hardening.conf "/etc/systemd/system/$unit.service.d/hardening.conf"
done

systemctl --root=/ --quiet disable "${ours[@]/%/.service}" mesos-leader.target mesos-follower.target 2>/dev/null || true
systemctl --root=/ --quiet enable mesos-bakery-console.service
systemctl --root=/ --quiet mask "${packaged[@]/%/.service}" 2>/dev/null
# No timer may hold the apt lock, or change the system: images are replaced, not updated.
systemctl --root=/ --quiet mask apt-daily.timer apt-daily-upgrade.timer
# Closes the ports that the overlay disables, so that verify can require that no ports are open.
if systemctl --quiet is-active systemd-resolved.service 2>/dev/null; then systemctl restart systemd-resolved.service; fi
