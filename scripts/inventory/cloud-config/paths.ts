import { absolutePath, physicalPath } from '../physical-path.ts'

/**
 * Where cloud-init writes a path: it removes `.`, `..` and doubled slashes first, and the links of an image are
 * followed.
 */
export function realPath(path: string): string {
  return physicalPath(absolutePath(path))
}

const ourFiles =
  /^\/(etc\/mesos-bakery|run\/mesos-bakery|etc\/zookeeper\/conf\/(zoo\.cfg|myid)|etc\/dnsmasq\.d\/mesos-bakery\.conf|etc\/consul\.d\/(agent|server|zookeeper|mesos-(leader|follower)|marathon)\.json)(\/|$)/

/** Whether a path, as `realPath` gives it, is a file that the node's own user data or the image writes. */
export function isOurFile(real: string): boolean {
  return ourFiles.test(real)
}

// packer/rootfs, and the programs that it starts.
const imageFiles = new RegExp(
  `^/(${[
    'usr/(lib|share)/mesos-bakery/.*',
    'opt/(mesos-bakery|marathon|marathon-java)/.*',
    'etc/systemd/system/(consul|dnsmasq|zookeeper|marathon|mesos-(master|agent|leader|follower))\\.(service|target)',
    'etc/systemd/system/mesos-bakery-[a-z]+\\.service',
    'etc/systemd/system/docker-\\.scope\\.d/mesos-bakery\\.conf',
    'etc/systemd/(journald|resolved)\\.conf\\.d/60-mesos-bakery\\.conf',
    'etc/(sysusers|tmpfiles)\\.d/mesos-bakery\\.conf',
    'etc/sysctl\\.d/60-mesos-bakery\\.conf',
    'etc/logrotate\\.d/mesos-bakery',
    'etc/zookeeper/conf/log4j\\.properties',
    'usr/s?bin/(env|bash|sh|dash|java|jq|curl|ip|systemctl|dnsmasq|cloud-init|python3|mesos-[a-z-]+)',
    'usr(/local)?/bin/consul',
  ].join('|')})$`,
)

/** Whether a path is a program or a unit of the image, on which the node's daemons depend. */
export function isImageFile(real: string): boolean {
  return imageFiles.test(real)
}

/**
 * Directories that a node needs to boot: its user data, the daemons, and the state of cloud-init. Nothing may
 * be mounted on one of them or on a directory above.
 */
const vital: readonly string[] =
  `/etc/mesos-bakery /etc/zookeeper/conf /etc/consul.d /etc/dnsmasq.d /etc/systemd/system /usr/lib/mesos-bakery
  /usr/share/mesos-bakery /usr/bin /usr/sbin /usr/lib/x86_64-linux-gnu /usr/lib/aarch64-linux-gnu /usr/lib/python3
  /usr/lib/jvm /opt/mesos-bakery/marathon /opt/mesos-bakery/marathon-java /run/systemd /run/mesos-bakery /run/cloud-init /var/lib/cloud/instances /proc /sys
  /dev`.split(/\s+/)

/** Whether a mount on this directory, as `realPath` gives it, would hide files that a node needs to boot. */
export function hidesVitalFiles(real: string): boolean {
  const below = real === '/' ? '/' : `${real}/`
  return vital.some(path => path === real || path.startsWith(below))
}

/** Directories of every Debian system. No file can be written at these paths. */
const directories = new Set(
  `/ /boot /dev /etc /home /media /mnt /opt /proc /root /run /srv /sys /tmp /usr /var /etc/consul.d /etc/cron.d
  /etc/dnsmasq.d /etc/ssh /etc/systemd /etc/systemd/system /etc/zookeeper /etc/zookeeper/conf /usr/bin /usr/lib /usr/local
  /usr/local/bin /usr/sbin /usr/share /var/cache /var/lib /var/log /var/lib/consul /var/lib/mesos /var/lib/zookeeper
  /var/log/mesos /var/tmp`.split(/\s+/),
)

/** Whether a path, as `realPath` gives it, is a directory on every node. */
export function isDirectory(real: string): boolean {
  return (
    directories.has(real) || /^\/etc\/systemd\/system\/[^/]+\.(service|target|scope|slice)\.d$/.test(real)
  )
}

/** Files of every Debian system, below which there can be nothing. */
const files =
  /^\/etc\/(environment|fstab|group|gshadow|hostname|hosts|machine-id|nsswitch\.conf|passwd|profile|resolv\.conf|shadow|sudoers)\//

/** Whether a path, as `realPath` gives it, is below a file. */
export function isBelowFile(real: string): boolean {
  return files.test(real)
}

// The name and the disks of the machine, and what cloud-init and libc read first.
const systemFiles = /^\/etc\/(cloud\/cloud\.cfg|fstab|hostname|ld\.so\.preload|machine-id|nsswitch\.conf)$/

/** Whether a path, as `realPath` gives it, is a file without which a machine does not boot as it did. */
export function isSystemFile(real: string): boolean {
  return systemFiles.test(real)
}
