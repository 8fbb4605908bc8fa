#!/usr/bin/env bash
# Deletes what must differ between machines, traces of the bake, and unnecessary files.
set -euo pipefail

apt-get -qq clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/99-mesos-bakery
rm -rf /tmp/mesos-bakery
find /run/systemd/system -type l -lname /dev/null -delete 2>/dev/null || true # the masks, if /run is kept

rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /var/lib/systemd/random-seed
: >/etc/machine-id
cloud-init clean --logs >/dev/null

for home in /root /home/*; do
  rm -rf "$home"/.bash_history "$home"/.aws "$home"/.netrc "$home"/.docker "$home"/.ssh/authorized_keys \
    "$home"/.ssh/known_hosts "$home"/.sudo_as_admin_successful
done

# Stops the logging services, which would otherwise log the shutdown.
systemctl --quiet stop rsyslog.service syslog.socket 2>/dev/null || true
journalctl --relinquish-var 2>/dev/null || true
find /var/log -type f -delete
