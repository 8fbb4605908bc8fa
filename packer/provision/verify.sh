#!/usr/bin/env bash
# The last word: an image that fails a check is none.
set -euo pipefail
# shellcheck disable=SC2016 # dpkg-query expands it
dpkg-query --show --showformat='${Package}\t${Version}\t${Architecture}\n' >/usr/share/mesos-bakery/packages.tsv
exec /usr/lib/mesos-bakery/verify --pristine
