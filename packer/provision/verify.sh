#!/usr/bin/env bash
# The last provisioner: if a check fails, no image is created.
set -euo pipefail
# shellcheck disable=SC2016 # expanded by dpkg-query
dpkg-query --show --showformat='${Package}\t${Version}\t${Architecture}\n' >/usr/share/mesos-bakery/packages.tsv
/usr/lib/mesos-bakery/verify --pristine --samples /tmp/mesos-bakery-samples
rm -r /tmp/mesos-bakery-samples
