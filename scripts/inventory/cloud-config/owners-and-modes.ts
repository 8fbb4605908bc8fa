import type { Finding } from '../rules/rule.ts'
import { accountsIn, baseGroups, baseUsers, groupsIn, groupsOfAccounts } from './accounts.ts'
import { type Check, type CloudConfig, entriesOf, isMapping, isTrue } from './config.ts'

/**
 * Owners of files that cloud-init cannot find when it writes them. `write_files` ends at the first one
 * (cc_write_files.py and util.py, chownbyname: OSError), so that none of the files after it is written.
 */
export const checkOwners: Check = (config, path) =>
  entriesOf(config.write_files).flatMap((file, index): readonly Finding[] => {
    if (!isMapping(file) || file.owner === undefined || file.owner === null) return []
    const place = path.below('write_files', index, 'owner')
    const { owner } = file
    if (typeof owner !== 'string') {
      return [{ path: place, message: 'must be text, such as root:root', help: 'quote it' }]
    }
    const trouble = troubleOf(owner, isTrue(file.defer), config)
    return trouble === undefined ? [] : [{ path: place, ...trouble }]
  })

function troubleOf(owner: string, deferred: boolean, config: CloudConfig) {
  const [user = '', group = ''] = owner.split(/:(.*)/s).map(name => name.trim())
  const wrong = [
    ...(isThere(user, 'user', deferred, config) ? [] : [`user ${user}`]),
    ...(isThere(group, 'group', deferred, config) ? [] : [`group ${group}`]),
  ]
  if (wrong.length === 0) return undefined
  if (wrong.some(one => /^\w+ \d+$/.test(one))) {
    return { message: 'must consist of names: cloud-init does not accept numeric IDs', help: 'use the name' }
  }
  const named = wrong.join(' and ')
  const [verb, created] = wrong.length === 1 ? ['does', 'is'] : ['do', 'are']
  if (deferred) return { message: `${named} ${created} not created`, help: 'add it to users or groups' }
  return {
    message: `${named} ${verb} not exist when the file is written`,
    help: 'set defer: true to write the file after users and packages, or use root',
  }
}

type Kind = 'user' | 'group'

function isThere(name: string, kind: Kind, deferred: boolean, config: CloudConfig): boolean {
  // cloud-init does not change the owner for these (util.py, extract_usergroup).
  if (name === '' || name === '-1' || name.toLowerCase() === 'none') return true
  if ((kind === 'user' ? baseUsers : baseGroups).has(name)) return true
  // Boot commands run before files are written, and may create anything.
  if (JSON.stringify(config.bootcmd ?? '').includes(name)) return true
  return deferred && !/^\d+$/.test(name) && isCreated(name, kind, config)
}

/** Whether something exists when deferred files are written: packages are installed by then, and users created. */
function isCreated(name: string, kind: Kind, config: CloudConfig): boolean {
  if (entriesOf(config.packages).length > 0 || typeof config.packages === 'string') return true
  const accounts = accountsIn(config)
  const users = accounts.map(account => account.name)
  // Debian's images name their default user debian, or admin on EC2.
  const standard = config.users === undefined || users.includes('default') ? ['debian', 'admin'] : []
  const names = kind === 'user' ? users : [...groupsIn(config), ...groupsOfAccounts(accounts)]
  return [...names, ...standard].includes(name)
}

/**
 * Modes that cloud-init does not read as intended. It reads text as octal, uses a number as the mode itself (600 is
 * mode 01130), and replaces what it cannot read by 0644 (cc_write_files.py, decode_perms).
 */
export const checkPermissions: Check = (config, path) =>
  entriesOf(config.write_files).flatMap((file, index): readonly Finding[] => {
    if (!isMapping(file)) return []
    const { permissions } = file
    if (permissions === undefined || permissions === null) return []
    if (typeof permissions === 'string' && /^\s*(0o)?[0-7]{1,5}\s*$/.test(permissions)) return []
    const place = path.below('write_files', index, 'permissions')
    const help = /^[0-7]{3,4}$/.test(String(permissions))
      ? `quote it: "0${Number(permissions)}"`
      : 'use "0644"'
    return [{ path: place, message: 'must be text of octal digits', help }]
  })
