#!/usr/bin/env bash
# Leaves every service of ours to the user-data, and none to the packages, which often enable what they bring.
set -euo pipefail

ours=(
  consul dnsmasq zookeeper mesos-master mesos-agent marathon mesos-bakery-facts mesos-bakery-seat
)
packaged=(mesos mesos-slave mesos-leader zookeeperd)

systemctl --root=/ --quiet disable "${ours[@]/%/.service}" mesos-leader.target mesos-follower.target 2>/dev/null || true
systemctl --root=/ --quiet mask "${packaged[@]/%/.service}" 2>/dev/null
# No timer may hold apt's lock, or change an image, that is replaced rather than mended.
systemctl --root=/ --quiet mask apt-daily.timer apt-daily-upgrade.timer
