#!/usr/bin/env bash
# Leaves every service of ours to the user-data, and none to the packages, which often enable what they bring.
set -euo pipefail

ours=(consul dnsmasq zookeeper mesos-master mesos-agent marathon mesos-bakery-facts mesos-bakery-seat)
packaged=(mesos mesos-slave mesos-leader zookeeperd)

# All but the agent, whose tasks would inherit it.
for unit in "${ours[@]}"; do
  [[ $unit == mesos-agent ]] && continue
  mkdir -p "/etc/systemd/system/$unit.service.d"
  ln -sfn /usr/share/mesos-bakery/hardening.conf "/etc/systemd/system/$unit.service.d/hardening.conf"
done

systemctl --root=/ --quiet disable "${ours[@]/%/.service}" mesos-leader.target mesos-follower.target 2>/dev/null || true
systemctl --root=/ --quiet mask "${packaged[@]/%/.service}" 2>/dev/null
# No timer may hold apt's lock, or change an image, that is replaced rather than mended.
systemctl --root=/ --quiet mask apt-daily.timer apt-daily-upgrade.timer
# It closes the ports of what the overlay has forbidden it, so that verify may ask for none.
if systemctl --quiet is-active systemd-resolved.service 2>/dev/null; then systemctl restart systemd-resolved.service; fi
