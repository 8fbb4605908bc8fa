// The directories of our images: those of Debian 12, and those that packer/rootfs and packer/provision add.

const below = (parent: string, ...names: readonly string[]) => names.map(name => `${parent}/${name}`)

/** Directories that contain the directories of other programs. Our daemons must not use them as their own. */
const system: ReadonlySet<string> = new Set([
  ...['/', '/boot', '/dev', '/efi', '/etc', '/home', '/lost+found', '/opt', '/proc', '/root', '/run', '/sys'],
  ...['/tmp', '/usr', '/usr/local', '/var', '/var/local', '/dev/shm', '/run/lock'],
  ...below(
    '/usr',
    'bin',
    'games',
    'include',
    'lib',
    'lib32',
    'lib64',
    'libexec',
    'libx32',
    'sbin',
    'share',
    'src',
  ),
  ...below('/usr/local', 'bin', 'etc', 'games', 'include', 'lib', 'libexec', 'sbin', 'share', 'src'),
  ...below('/var', 'backups', 'cache', 'lib', 'log', 'mail', 'opt', 'spool', 'tmp'),
])

export function isSystemDirectory(physical: string): boolean {
  return system.has(physical)
}

const debian = 'the operating system'
const ofDebian = (parent: string, ...names: readonly string[]) =>
  below(parent, ...names).map((path): [string, string] => [path, debian])

/** Directories that belong to one program, and the program. */
export const owners: ReadonlyMap<string, string> = new Map([
  ['/etc/consul.d', 'Consul'],
  ['/etc/dnsmasq.d', 'the resolver'],
  ['/etc/mesos-bakery', 'the image'],
  ['/etc/zookeeper', 'ZooKeeper'],
  ...ofDebian('/etc', 'apt', 'cloud', 'dpkg', 'pam.d', 'ssh', 'ssl', 'systemd', 'sysusers.d', 'tmpfiles.d'),
  ['/opt/mesos-bakery', 'Marathon'],
  ['/run/containerd', 'Docker'],
  ['/run/dnsmasq', 'the resolver'],
  ['/run/docker', 'Docker'],
  ['/run/mesos-bakery', 'the image'],
  ...ofDebian('/run', 'cloud-init', 'credentials', 'dbus', 'initctl', 'mount', 'network', 'sendsigs.omit.d'),
  ...ofDebian('/run', 'sshd', 'sudo', 'systemd', 'tmpfiles.d', 'udev', 'user'),
  ['/usr/lib/mesos-bakery', 'the image'],
  ['/usr/share/mesos-bakery', 'the image'],
  ...ofDebian(
    '/var/cache',
    'adduser',
    'apparmor',
    'apt',
    'debconf',
    'fontconfig',
    'ldconfig',
    'man',
    'private',
  ),
  ['/var/lib/cloud', 'cloud-init'],
  ['/var/lib/consul', 'Consul'],
  ['/var/lib/containerd', 'Docker'],
  ['/var/lib/containers', 'the container engine'],
  ['/var/lib/docker', 'Docker'],
  ['/var/lib/mesos-bakery', 'the resolver'],
  ...ofDebian('/var/lib', 'apt', 'ca-certificates-java', 'chrony', 'dbus', 'dhcp', 'dpkg', 'grub'),
  ...ofDebian('/var/lib', 'initramfs-tools', 'logrotate', 'man-db', 'misc', 'os-prober', 'pam', 'polkit-1'),
  ...ofDebian(
    '/var/lib',
    'private',
    'python',
    'sudo',
    'systemd',
    'ucf',
    'unattended-upgrades',
    'vim',
    'xml-core',
  ),
  ...ofDebian('/var/log', 'apt', 'audit', 'chrony', 'journal', 'private', 'runit', 'unattended-upgrades'),
  ...ofDebian('/var/spool', 'cron', 'mail', 'rsyslog'),
])

/** systemd deletes files below it after 14 days (packer/rootfs/etc/tmpfiles.d/mesos-bakery.conf). */
export const agedLogs = '/var/log/mesos'

/** The file systems of the kernel, in which no files can be created. */
export const virtual: ReadonlySet<string> = new Set(['/proc', '/sys'])

// packer/rootfs/usr/share/mesos-bakery/hardening.conf and the units; systemd.exec(5), of systemd 252.

/** Read-only with `ProtectSystem=full`. */
export const readOnly: ReadonlySet<string> = new Set(['/boot', '/efi', '/etc', '/usr'])

/** Empty with `ProtectHome=yes` and `PrivateDevices=yes`. systemd leaves /dev/shm there. */
export const hidden: ReadonlySet<string> = new Set(['/home', '/root', '/run/user', '/dev'])

/** A service’s own with `PrivateTmp=yes`, and deleted when it stops. */
export const privateTmp: ReadonlySet<string> = new Set(['/tmp', '/var/tmp'])
