#!/usr/bin/env bash
# The last word: an image that fails a check is none.
set -euo pipefail
# shellcheck disable=SC2016 # dpkg-query expands it
dpkg-query --show --showformat='${Package}\t${Version}\t${Architecture}\n' >/usr/share/mesos-bakery/packages.tsv
/usr/lib/mesos-bakery/verify --pristine --samples /tmp/mesos-bakery-samples
rm -r /tmp/mesos-bakery-samples
