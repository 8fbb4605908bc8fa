import type { Path } from '../problem-path.ts'
import { show } from '../problems.ts'
import type { Finding } from '../rules/rule.ts'
import {
  type Account,
  accountsIn,
  baseGroups,
  baseUsers,
  daemonUsers,
  groupsIn,
  groupsOfAccounts,
} from './accounts.ts'
import { type Check, type CloudConfig, entriesOf, isFalse, isMapping } from './config.ts'

/**
 * Users and groups at which cc_users_groups.py stops, so that those after them are not created, and those of daemons.
 */
export const checkUsers: Check = (config, path) => {
  const place = path.below('users')
  const groups = new Set([...baseGroups, ...groupsIn(config)])
  return [
    ...unreadable(config.users, place),
    ...unreadable(config.groups, path.below('groups')),
    ...accountsIn(config).flatMap((account): readonly Finding[] => {
      const entry = account.place === '' ? place : place.below(account.place)
      const named = Object.hasOwn(account.settings, 'name') ? entry.below('name') : entry
      const name = nameTrouble(account, groups)
      if (name !== undefined) return [{ path: named, ...name }]
      const trouble = settingsTrouble(account.settings)
      if (trouble !== undefined) return [{ path: entry, ...trouble }]
      return optionTroubles(account.settings, entry, groups)
    }),
    ...twinIds(config, place),
    ...groupTroubles(config, path.below('groups')),
    ...passwordLines(config, path),
  ]
}

/** Entries that are neither names nor maps (distros/ug_util.py: TypeError). */
function unreadable(list: unknown, path: Path): readonly Finding[] {
  return entriesOf(list).flatMap((entry, index): readonly Finding[] =>
    typeof entry === 'string' || Array.isArray(entry) || isMapping(entry)
      ? []
      : [{ path: path.below(index), message: 'must be a name or a map', help: 'quote it' }],
  )
}

type Trouble = { readonly message: string; readonly help: string } | undefined

function nameTrouble({ name, settings }: Account, groups: ReadonlySet<string>): Trouble {
  if (daemonUsers.has(name))
    return { message: `${name} is the user of a daemon`, help: 'choose another name' }
  // useradd of Debian 12 refuses the rest.
  if (!accountName.test(name)) {
    return { message: 'must have a name that Linux accepts', help: 'use at most 32 letters, digits, - and _' }
  }
  const own = settings.primary_group !== undefined || settings.no_user_group === true
  if (baseUsers.has(name) || own || !groups.has(name)) return undefined
  return {
    message: `${name} cannot be created, because a group of that name exists`,
    help: 'set primary_group, or remove the group',
  }
}

/** Settings that exclude one another (cc_users_groups.py, NO_HOME and NEED_HOME). */
function settingsTrouble(settings: CloudConfig): Trouble {
  const has = (...keys: readonly string[]) => keys.find(key => Boolean(settings[key]))
  const homeless = has('no_create_home', 'system')
  const atHome = has('ssh_authorized_keys', 'ssh_import_id', 'ssh_redirect_user')
  if (homeless !== undefined && atHome !== undefined) {
    return { message: `must not have both ${homeless} and ${atHome}`, help: `remove ${homeless}` }
  }
  const redirected = settings.ssh_redirect_user
  if (!redirected) return undefined
  if (redirected !== true && redirected !== 'default') {
    return { message: 'ssh_redirect_user must be true, default or false', help: 'use true' }
  }
  const keys = ['ssh_authorized_keys', 'ssh_import_id'].find(key => Object.hasOwn(settings, key))
  if (keys === undefined) return undefined
  return { message: `must not have both ssh_redirect_user and ${keys}`, help: 'remove one of them' }
}

/** Options that useradd of Debian 12 refuses, at which cloud-init ends (distros/__init__.py, add_user). */
function optionTroubles(settings: CloudConfig, entry: Path, groups: ReadonlySet<string>): readonly Finding[] {
  const { uid, homedir, gecos, selinux_user, snapuser, primary_group, sudo } = settings
  const wrong = (key: string, message: string, help: string) => [{ path: entry.below(key), message, help }]
  const isId = /^[1-9]\d{0,9}$/.test(String(uid)) && Number(uid) < 2 ** 32 - 1
  return [
    ...(uid === undefined || uid === null || isId
      ? []
      : wrong('uid', 'must be a number from 1 to 4294967294', 'use 1000 or more')),
    ...(typeof homedir === 'string' && !/^\/[^:\n]*$/.test(homedir)
      ? wrong('homedir', 'must be an absolute path', 'begin it with /')
      : []),
    ...(typeof gecos === 'string' && /[:\n]/.test(gecos)
      ? wrong('gecos', 'must be one line without a colon', 'remove the colon')
      : []),
    // distros/__init__.py, write_sudo_rules: TypeError.
    ...(sudo && typeof sudo !== 'string' && !Array.isArray(sudo)
      ? wrong('sudo', 'must be text, a list of texts, or false', 'use ALL=(ALL) NOPASSWD:ALL')
      : []),
    // It becomes a line of a file without which sudo does nothing for anyone.
    ...([sudo].flat().some(rule => typeof rule === 'string' && rule !== '' && !rule.includes('='))
      ? wrong('sudo', 'must be a rule of sudoers', 'use ALL=(ALL) NOPASSWD:ALL')
      : []),
    ...(selinux_user
      ? wrong('selinux_user', 'requires SELinux, which the image does not have', 'remove it')
      : []),
    ...(snapuser ? wrong('snapuser', 'requires snap, which the image does not have', 'remove it') : []),
    ...(typeof primary_group === 'string' && primary_group !== '' && !groups.has(primary_group)
      ? wrong('primary_group', `the group ${primary_group} does not exist`, 'add it to groups')
      : []),
    ...unknownGroups(settings, groups).map(group => ({
      path: entry.below('groups'),
      message: `the group ${group} does not exist, and create_groups is false`,
      help: 'add it to groups',
    })),
  ]
}

function unknownGroups(settings: CloudConfig, groups: ReadonlySet<string>): readonly string[] {
  return settings.create_groups === false
    ? groupsOfAccounts([{ name: 'root', place: '', settings: { groups: settings.groups } }]).filter(
        group => !groups.has(group),
      )
    : []
}

/** IDs that two users have. */
function twinIds(config: CloudConfig, path: Path): readonly Finding[] {
  const seen = new Map<string, string>()
  return accountsIn(config).flatMap(({ name, place, settings: { uid } }): readonly Finding[] => {
    if (uid === undefined || uid === null) return []
    const twin = seen.get(String(uid))
    seen.set(String(uid), name)
    const message = `is the ID of ${twin} too`
    return twin === undefined ? [] : [{ path: path.below(place, 'uid'), message, help: 'choose another' }]
  })
}

const accountName = /^[^-+~:,/\s][^:,/\s]{0,31}$/

/** Groups that groupadd of Debian 12 refuses, and members that do not exist yet: groups are created before users. */
function groupTroubles(config: CloudConfig, path: Path): readonly Finding[] {
  const users = new Set(accountsIn(config).map(({ name }) => name))
  return groupEntries(config, path).flatMap(({ place, names, members }) => [
    ...names
      .filter(group => !accountName.test(group))
      .map(group => ({
        path: place,
        message: `${show(group)} is not a name that Linux accepts`,
        help: 'use at most 32 letters, digits, - and _',
      })),
    ...members
      .filter(member => !baseUsers.has(member))
      .map(member => ({
        path: place,
        message: `${member} does not exist when groups are created`,
        help: users.has(member)
          ? `set groups in the entry of ${member}`
          : `add ${member} to users, with its groups`,
      })),
  ])
}

/** The entries of `groups`, each with the names and the members in it. */
function groupEntries({ groups }: CloudConfig, path: Path) {
  const entries = Array.isArray(groups) ? groups : [groups]
  return entries.map((entry: unknown, index) => ({
    place: Array.isArray(groups) ? path.below(index) : path,
    names: groupsIn({ groups: [entry] }),
    members: isMapping(entry)
      ? Object.values(entry)
          .flat()
          .filter(member => typeof member === 'string')
      : [],
  }))
}

/** cc_set_passwords.py splits each line at its colon, and ends where there is none. */
function passwordLines(config: CloudConfig, path: Path): readonly Finding[] {
  const { chpasswd } = config
  if (!isMapping(chpasswd)) return []
  const { list, expire = true, users: entries } = chpasswd
  const lines = typeof list === 'string' ? list.split('\n').filter(line => line !== '') : entriesOf(list)
  if (lines.every(line => typeof line === 'string' && line.includes(':'))) {
    const names = [
      ...lines.map(line => String(line).replace(/:.*$/s, '')),
      ...entriesOf(entries).flatMap(entry => (isMapping(entry) ? [String(entry.name)] : [])),
    ]
    return isFalse(expire) ? [] : strangers(config, names, path.below('chpasswd'))
  }
  return [
    {
      path: path.below('chpasswd', 'list'),
      message: 'must be lines of name:password',
      help: 'add the colon',
    },
  ]
}

/** Users whose password cannot be expired, because they do not exist. */
function strangers(config: CloudConfig, names: readonly string[], path: Path): readonly Finding[] {
  // Debian's images name their default user debian, or admin on EC2.
  const known = new Set([...baseUsers, 'debian', 'admin', ...accountsIn(config).map(({ name }) => name)])
  return names
    .filter(name => !known.has(name))
    .map(name => ({ path, message: `the user ${name} does not exist`, help: 'add it to users' }))
}

/** IDs that the image gives to the users of its daemons (systemd-sysusers, 100 to 999). */
export const checkUserIds: Check = (config, path) =>
  accountsIn(config).flatMap(({ name, place, settings: { uid } }): readonly Finding[] => {
    const number = Number(uid)
    if (uid === undefined || uid === null || baseUsers.has(name) || !(number >= 100 && number <= 999))
      return []
    return [
      {
        path: path.below('users', place, 'uid'),
        message: 'may be the ID of a system user, and the user is then not created',
        help: 'use 1000 or more',
      },
    ]
  })
