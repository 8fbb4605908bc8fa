#!/usr/bin/env bash
# Configures the cgroup version of the kernel and the matching flags of the agent. Stock Mesos 1.11.0 supports version 1
# only; without it, tasks run as plain processes. A container has the cgroups of its host.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/mesos-bakery/image.env

boot_with() {
  mkdir -p /etc/default/grub.d
  # shellcheck disable=SC2016 # expanded in the configuration of grub
  printf 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX %s"\n' "$1" >/etc/default/grub.d/60-mesos-bakery.cfg
  if command -v update-grub >/dev/null; then update-grub 2>/dev/null; return; fi
  # A container that represents a machine has no kernel to boot.
  if systemd-detect-virt --quiet --container; then return; fi
  echo "cgroups: update-grub not found; the kernel cannot be booted with $1" >&2
  return 1
}

case $CGROUPS in
  v1) boot_with 'systemd.unified_cgroup_hierarchy=0' ;;
  v2) boot_with 'systemd.unified_cgroup_hierarchy=1' ;;
esac

case $CGROUPS in
  v1) : >/etc/mesos-bakery/cgroups.env ;;
  *) printf 'MESOS_SYSTEMD_ENABLE_SUPPORT=false\nMESOS_LAUNCHER=posix\n' >/etc/mesos-bakery/cgroups.env ;;
esac

# With v1, every task stays in the v2 cgroup of the agent's unit, where systemd denies access to the metadata service.
# With v2, tasks of the linux launcher leave that cgroup.
if [[ $CGROUPS == v2 ]]; then
  mkdir -p /etc/systemd/system/mesos-agent.service.d
  cat >/etc/systemd/system/mesos-agent.service.d/cgroups.conf <<'END'
[Unit]
# The rules refer to its cgroup, which must exist.
Wants=user.slice
After=user.slice

[Service]
ExecStartPre=/usr/sbin/nft --file /usr/share/mesos-bakery/metadata.nft
END
fi
