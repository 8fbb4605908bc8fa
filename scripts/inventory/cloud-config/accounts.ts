import { type CloudConfig, entriesOf, isMapping, isTrue } from './config.ts'

/** Users of Debian 12 (base-passwd) and of our image, which are there before cloud-init runs. */
export const baseUsers: ReadonlySet<string> = new Set(
  `root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc _apt nobody systemd-network
  messagebus sshd consul dnsmasq marathon mesos zookeeper`.split(/\s+/),
)

/** Groups of Debian 12 (base-passwd) and of our image, which are there before cloud-init runs. */
export const baseGroups: ReadonlySet<string> = new Set(
  `root daemon bin sys adm tty disk lp mail news uucp man proxy kmem dialout fax voice cdrom floppy tape sudo audio dip
  www-data backup operator list irc src shadow utmp video sasl plugdev staff games users nogroup systemd-journal
  systemd-network messagebus input render kvm sgx crontab _ssh consul dnsmasq marathon mesos zookeeper`.split(
    /\s+/,
  ),
)

/** The users of the image's daemons. */
export const daemonUsers: ReadonlySet<string> = new Set([
  'consul',
  'dnsmasq',
  'marathon',
  'mesos',
  'zookeeper',
])

/** A user of the cloud-config, and where in `users` it stands: `0`, or the key of a map. */
export interface Account {
  readonly name: string
  readonly place: string
  readonly settings: CloudConfig
}

/** Every user that cloud-init creates (distros/ug_util.py, _normalize_users). */
export function accountsIn({ users, user }: CloudConfig): readonly Account[] {
  const first = isMapping(user) ? user.name : user
  const older = typeof first === 'string' ? [{ name: first, place: '', settings: {} }] : []
  if (typeof users === 'string') return [...older, ...namesIn(users, '')]
  if (isMapping(users)) return [...older, ...Object.entries(users).flatMap(keyedAccount)]
  return [...older, ...entriesOf(users).flatMap((entry, index) => listedAccount(entry, String(index)))]
}

function keyedAccount([name, value]: [string, unknown]): readonly Account[] {
  if (isMapping(value)) return [{ name, place: name, settings: value }]
  return isTrue(value) ? [{ name, place: name, settings: {} }] : []
}

function listedAccount(entry: unknown, place: string): readonly Account[] {
  if (typeof entry === 'string') return namesIn(entry, place)
  if (Array.isArray(entry)) return entry.flatMap(name => namesIn(String(name), place))
  if (!isMapping(entry)) return []
  const { name = 'default' } = entry
  return [{ name: String(name), place, settings: entry }]
}

const namesIn = (text: string, place: string) =>
  namesOf(text).map((name): Account => ({ name, place, settings: {} }))

const namesOf = (text: string) =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')

/** Every group that `groups` creates (distros/ug_util.py, _normalize_groups). */
export function groupsIn({ groups }: CloudConfig): readonly string[] {
  if (typeof groups === 'string') return namesOf(groups)
  if (isMapping(groups)) return Object.keys(groups)
  return entriesOf(groups).flatMap(entry => (isMapping(entry) ? Object.keys(entry) : namesOf(String(entry))))
}

/** Every group that exists once cloud-init has created its users: a user's own, and those that the user belongs to. */
export function groupsOfAccounts(accounts: readonly Account[]): readonly string[] {
  return accounts.flatMap(({ name, settings: { groups, primary_group } }) => [
    name,
    ...(typeof groups === 'string' ? namesOf(groups) : entriesOf(groups).map(String)),
    ...(typeof primary_group === 'string' ? [primary_group] : []),
  ])
}
