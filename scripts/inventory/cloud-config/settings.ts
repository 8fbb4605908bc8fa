import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping, isTrue } from './config.ts'
import { moduleOf } from './modules.ts'

/** Settings of the machine on which a node cannot start, or cannot be reached. */
export const checkSettings: Check = (config, path) =>
  [
    checkMetadata,
    checkCertificates,
    checkHostKeys,
    checkApt,
    checkPackages,
    checkTimezone,
    checkClock,
    checkFailing,
  ].flatMap(check => check(config, path))

// Consul finds its servers with the role of the instance (cc_disable_ec2_metadata.py).
const checkMetadata: Check = (config, path) =>
  isTrue(config.disable_ec2_metadata)
    ? [
        {
          path: path.below('disable_ec2_metadata'),
          message: 'must not be true: Consul finds its servers through the metadata service',
          help: 'remove it; tasks have no access to the service',
        },
      ]
    : []

// Consul calls EC2 over TLS (cc_ca_certs.py, remove_default_ca_certs).
const checkCertificates: Check = (config, path) =>
  (['ca_certs', 'ca-certs'] as const).flatMap((key): readonly Finding[] => {
    const certificates = config[key]
    if (!isMapping(certificates)) return []
    const option = ['remove_defaults', 'remove-defaults'].find(name => isTrue(certificates[name]))
    if (option === undefined || entriesOf(certificates.trusted).length > 0) return []
    const message = 'must not be true without trusted certificates: the node cannot call EC2 or S3'
    return [
      {
        path: path.below(key, option),
        message,
        help: 'add certificates to trusted, or remove it',
      },
    ]
  })

const keyTypes = ['rsa', 'ecdsa', 'ed25519', 'dsa']

// cc_ssh.py deletes the host keys of the image first, and sshd does not start without one.
const checkHostKeys: Check = (config, path) => {
  const { ssh_genkeytypes: types, ssh_keys } = config
  if (types === undefined || ssh_keys !== undefined) return []
  const place = path.below('ssh_genkeytypes')
  const help = `use ${keyTypes.slice(0, 3).join(', ')}`
  const list = Array.isArray(types) ? types : [types]
  if (list.length === 0)
    return [{ path: place, message: 'must contain a type: sshd does not start without a key', help }]
  return list.flatMap((type, index) =>
    keyTypes.includes(String(type))
      ? []
      : [
          {
            path: Array.isArray(types) ? place.below(index) : place,
            message: 'must be a type of host key',
            help,
          },
        ],
  )
}

const checkApt: Check = ({ apt }, path) =>
  apt === undefined || apt === null || isMapping(apt)
    ? []
    : [{ path: path.below('apt'), message: 'must be a map', help: 'remove it' }]

// They answer on port 53 of the machine before the node's own resolver starts.
const resolvers = /^(bind9|unbound|pdns-recursor|knot-resolver)$/

const checkPackages: Check = ({ packages }, path) => {
  const place = path.below('packages')
  const help = 'write each as its name, or as [name, version]'
  if (packages === undefined || packages === null || typeof packages === 'string') return []
  if (!Array.isArray(packages)) return [{ path: place, message: 'must be a list of packages', help }]
  return packages.flatMap((item, index): readonly Finding[] => {
    const [name, version = ''] = Array.isArray(item) && item.length <= 2 ? item : [item]
    if (typeof name !== 'string' || typeof version !== 'string') {
      return [{ path: place.below(index), message: 'must be text', help }]
    }
    if (!resolvers.test(name)) return []
    const message = `must not install ${name}: the resolver of the node needs port 53`
    return [{ path: place.below(index), message, help: 'remove it' }]
  })
}

/** Keys whose module ends with an error on our images. */
const failing: Readonly<Record<string, string>> = {
  // distros/debian.py has no set_keymap.
  keyboard: 'cloud-init 22.4 cannot set the keyboard of Debian',
  // cc_byobu.py runs byobu-launcher-install before packages are installed.
  byobu_by_default: 'byobu is not installed when cloud-init runs it',
}

const checkFailing: Check = (config, path) =>
  Object.keys(config)
    .filter(key => Object.hasOwn(failing, key))
    .map(key => ({ path: path.below(key), at: 'key', message: `${failing[key]}`, help: 'remove it' }))

const clocks = ['auto', 'chrony', 'ntp', 'ntpdate', 'openntpd', 'systemd-timesyncd']

// cc_ntp.py ends with an error for a client that it does not know, unless config describes it.
const checkClock: Check = ({ ntp }, path) =>
  !isMapping(ntp) || !ntp.ntp_client || isMapping(ntp.config) || clocks.includes(String(ntp.ntp_client))
    ? []
    : [
        {
          path: path.below('ntp', 'ntp_client'),
          message: `must be one of ${clocks.join(', ')}`,
          help: 'use systemd-timesyncd',
        },
      ]

// cc_timezone.py ends when the zone is not in /usr/share/zoneinfo.
const checkTimezone: Check = ({ timezone }, path) =>
  timezone === undefined || timezone === null || timezone === false || isTimezone(timezone)
    ? []
    : [
        {
          path: path.below('timezone'),
          message: 'must be a time zone such as Europe/Berlin',
          help: 'use UTC',
        },
      ]

function isTimezone(name: unknown): boolean {
  if (typeof name !== 'string') return false
  // Zones that Debian has and browsers do not list.
  if (/^(posix|right)\/|^(Factory|localtime|posixrules)$/.test(name)) return true
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    // Its names are those of files, in which case counts.
    return timeZone === name || (timeZone.toLowerCase() !== name.toLowerCase() && /^[A-Z]/.test(name))
  } catch {
    return false
  }
}

/** Keys whose module cloud-init does not run on Debian 12: it is not in cloud.cfg, or made for another distribution. */
const withoutEffect: Readonly<Record<string, string>> = {
  ansible: 'ansible',
  apk_repos: 'apk_configure',
  autoinstall: 'ubuntu_autoinstall',
  drivers: 'ubuntu_drivers',
  fan: 'fan',
  landscape: 'landscape',
  lxd: 'lxd',
  manage_resolv_conf: 'resolv_conf',
  resolv_conf: 'resolv_conf',
  rh_subscription: 'rh_subscription',
  snap: 'snap',
  spacewalk: 'spacewalk',
  ssh_import_id: 'ssh_import_id',
  ubuntu_advantage: 'ubuntu_advantage',
  wireguard: 'wireguard',
  yum_repo_dir: 'yum_add_repo',
  yum_repos: 'yum_add_repo',
  zypper: 'zypper_add_repo',
}

/** Keys that change nothing on our images. */
export const checkEffects: Check = (config, path) => {
  const lists = ['cloud_init_modules', 'cloud_config_modules', 'cloud_final_modules']
  const asked = new Set(lists.flatMap(key => entriesOf(config[key]).map(moduleOf)))
  return Object.keys(config)
    .filter(key => Object.hasOwn(withoutEffect, key) && !asked.has(withoutEffect[key]))
    .map(key => ({
      path: path.below(key),
      at: 'key',
      message: 'has no effect on Debian 12',
      help: 'remove it',
    }))
}
