#!/usr/bin/env bash
# Takes away what must differ from one machine to the next, what tells of the bake, and what only takes room.
set -euo pipefail

apt-get -qq clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/99-mesos-bakery
rm -rf /tmp/mesos-bakery
find /run/systemd/system -type l -lname /dev/null -delete 2>/dev/null || true # the masks, where /run is kept

rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /var/lib/systemd/random-seed
: >/etc/machine-id
cloud-init clean --logs >/dev/null

for home in /root /home/*; do
  rm -rf "$home"/.bash_history "$home"/.aws "$home"/.netrc "$home"/.docker "$home"/.ssh/authorized_keys \
    "$home"/.ssh/known_hosts "$home"/.sudo_as_admin_successful
done

# What writes to logs all the time would write again, if only that the machine stops.
systemctl --quiet stop rsyslog.service syslog.socket 2>/dev/null || true
journalctl --relinquish-var 2>/dev/null || true
find /var/log -type f -delete
