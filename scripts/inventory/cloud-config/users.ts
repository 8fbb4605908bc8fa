import type { Path } from '../problem-path.ts'
import type { Finding } from '../rules/rule.ts'
import { type Account, accountsIn, baseGroups, baseUsers, daemonUsers, groupsIn } from './accounts.ts'
import { type Check, type CloudConfig, entriesOf, isMapping } from './config.ts'

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
      return trouble === undefined ? [] : [{ path: entry, ...trouble }]
    }),
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
  if (!/^[^-+~:,/\s][^:,/\s]{0,31}$/.test(name)) {
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

/** cc_set_passwords.py splits each line at its colon, and stops at a line without one. */
function passwordLines({ chpasswd }: CloudConfig, path: Path): readonly Finding[] {
  if (!isMapping(chpasswd)) return []
  const { list } = chpasswd
  const lines = typeof list === 'string' ? list.split('\n').filter(line => line !== '') : entriesOf(list)
  if (lines.every(line => typeof line === 'string' && line.includes(':'))) return []
  return [
    {
      path: path.below('chpasswd', 'list'),
      message: 'must be lines of name:password',
      help: 'add the colon',
    },
  ]
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
