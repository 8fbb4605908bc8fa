import type { Cluster } from '../../cluster/cluster.ts'
import { readConsole } from '../../health/console.ts'
import { didYouMean } from '../../inventory/nearest.ts'
import { Path } from '../../inventory/problem-path.ts'
import { type Problem, Refused } from '../../inventory/problems.ts'
import type { SshSettings } from '../../inventory/ssh-settings.ts'
import type { ActualMachines } from '../../plan/machines.ts'
import { holdersOf } from './hearing.ts'

// Connections to instances with ssh. The host key is the one on the console of the instance, because only the instance
// can write there; `api/ssh.ts` makes the connection.

/**
 * The instance of a node.
 *
 * @param node the name of a seat, or the ID of an instance
 * @throws Refused if there is none
 */
export function instanceOf(cluster: Cluster, actual: ActualMachines, node: string): string {
  const holders = holdersOf(cluster, actual)
  const ids = [
    ...[...holders.values()].map(({ id }) => id),
    ...actual.pools.flatMap(({ machines }) => machines.map(({ id }) => id)),
  ]
  const found = holders.get(node)?.id ?? ids.find(id => id === node)
  if (found !== undefined) return found
  throw new Refused([{ path: Path.ofOption('--node'), ...whyNot(cluster, actual, node, ids) }])
}

function whyNot(
  { seats }: Cluster,
  { pools }: ActualMachines,
  node: string,
  ids: readonly string[],
): Omit<Problem, 'path'> {
  if (seats.some(({ name }) => name === node))
    return { message: `${node} has no instance`, help: 'launch it with npm run launch' }
  const pool = pools.find(({ name }) => name === node)
  if (pool !== undefined) {
    const some = pool.machines.slice(0, 3).map(({ id }) => id)
    return { message: `${node} is a pool`, help: `use the ID of one of its instances: ${some.join(', ')}` }
  }
  const hint = didYouMean(node, [...seats.map(({ name }) => name), ...ids])
  const help = 'npm run status shows the names of leaders and the IDs of followers'
  return hint === '' ? { message: `unknown node ${node}`, help } : { message: `unknown node ${node}${hint}` }
}

/** The public host keys on a console: those in the report of the node, or those that cloud-init printed at boot. */
export function hostKeysOn(console: string): readonly string[] {
  const reported = readConsole(console)?.report?.host_keys ?? []
  const [, printed = ''] = /.*BEGIN SSH HOST KEY KEYS(.*?)END SSH HOST KEY KEYS/s.exec(console) ?? []
  const keys = reported.length > 0 ? reported : printed.split(/[\r\n]+/)
  return keys
    .flatMap(text => /(?:ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}/.exec(text)?.[0] ?? [])
    .filter(isWhole)
}

/** Whether a key is complete, because other output may have torn its line: its parts take up all of its bytes. */
function isWhole(key: string): boolean {
  const [type, base64 = ''] = key.split(' ')
  const bytes = Buffer.from(base64, 'base64')
  const parts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return false
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) return false
    parts.push(bytes.toString('latin1', at + 4, end))
    at = end
  }
  return parts.length > 1 && parts[0] === type
}

/** The content of a known_hosts file that contains a single host. */
export function knownHosts(host: string, keys: readonly string[]): string {
  return keys.map(key => `${host} ${key}\n`).join('')
}

/** An instance to connect to. */
export interface Destination {
  /** The name by which the user knows it. */
  readonly node: string
  readonly id: string
  readonly address: string
  readonly ssh: SshSettings
}

/** The files of a connection. */
interface Files {
  readonly knownHosts: string
  /** Receives what ssh itself has to say, as opposed to the output of the node. */
  readonly log: string
}

/**
 * The arguments of ssh, without a command. The first value of an option counts, so the inventory and the configuration
 * of the user cannot replace the check of the host key. The jump host is checked as configured by the user.
 *
 * @param flags of this session
 */
export function sshArguments(
  { id, address, ssh: { user, jumpHost, options } }: Destination,
  files: Files,
  flags: readonly string[],
): readonly string[] {
  const own = Object.entries(options).flatMap(([name, value]) => [value].flat().map(one => `${name}=${one}`))
  const set = [
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile="${files.knownHosts}"`,
    'GlobalKnownHostsFile=/dev/null',
    'KnownHostsCommand=none',
    `HostKeyAlias=${id}`,
    'CheckHostIP=no',
    'VerifyHostKeyDNS=no',
    'NoHostAuthenticationForLocalhost=no',
    'UpdateHostKeys=no',
    // A shared connection may have been made without this check.
    'ControlPath=none',
    'RemoteCommand=none',
    ...own,
    'ConnectTimeout=15',
  ]
  return [
    ...set.flatMap(option => ['-o', option]),
    ...(jumpHost === undefined ? [] : ['-J', jumpHost]),
    ...['-E', files.log, '-l', user],
    ...flags,
    ...['--', address],
  ]
}

/** The command that shows the journal of a node. Users other than root require sudo. */
export function journalCommand(user: string, { units, lines, follow }: Journal): readonly string[] {
  return [
    ...(user === 'root' ? [] : ['sudo', '--non-interactive']),
    ...['journalctl', '--no-pager', '--lines', String(lines)],
    ...units.flatMap(unit => ['--unit', unit]),
    ...(follow ? ['--follow'] : []),
  ]
}

interface Journal {
  readonly units: readonly string[]
  readonly lines: number
  readonly follow: boolean
}

/**
 * Explains why ssh did not connect. Undefined if the reason is not known.
 *
 * @param log what ssh wrote to its log
 */
export function explainSsh(log: string, { node, id, address, ssh }: Destination): Problem | undefined {
  const said = log.trim().split(/\r*\n/).at(-1) ?? ''
  if (/^Host key verification failed/m.test(log)) {
    return {
      path: Path.outside(node),
      message: `POSSIBLE ATTACK: the host key of ${address} is not on the console of ${id}; the connection was refused`,
      help: 'someone may be intercepting the connection, or another machine has this address. If the host keys were replaced after the instance booted, reboot it, so that its console shows the new ones',
    }
  }
  if (/Permission denied \(|Too many authentication failures/.test(log)) {
    return {
      path: Path.outside(node),
      message: `${ssh.user} is not permitted to log in (${said})`,
      help: 'add the private key of key_name to your agent with ssh-add, or set options: { IdentityFile: FILE } under ssh',
    }
  }
  // ssh does not know the address of the other end if there is a jump host or another proxy.
  if (/UNKNOWN port/.test(log)) {
    const test =
      ssh.jumpHost === undefined ? '' : `; to test the jump host, run ssh -J ${ssh.jumpHost} ${address}`
    return {
      path: Path.outside(node),
      message: `cannot connect to ${address} through ${ssh.jumpHost ?? 'the proxy'} (${said})`,
      help: `the message of ssh above shows the reason${test}`,
    }
  }
  if (/connect to host .* port/.test(log)) {
    return {
      path: Path.outside(node),
      message: `cannot be reached (${said})`,
      help: 'set jump_host under ssh or connect to its network, and allow port 22 in a security group of the instance',
    }
  }
  return undefined
}
