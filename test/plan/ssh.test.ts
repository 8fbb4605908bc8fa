import { crc32 } from 'node:zlib'
import test from 'ava'
import type { SshSettings } from '../../scripts/inventory/ssh-settings.ts'
import type { ActualMachines } from '../../scripts/plan/machines.ts'
import {
  explainSsh,
  hostKeysOn,
  instanceOf,
  journalCommand,
  knownHosts,
  sshArguments,
} from '../../scripts/targets/ec2/ssh.ts'
import { clusterOf, sampleInventory } from '../harness/sample.ts'

const ed25519 = `ssh-ed25519 ${encoded('ssh-ed25519', 32)}`
const other = `ssh-ed25519 ${encoded('ssh-ed25519', 32, 7)}`
const ecdsa = `ecdsa-sha2-nistp256 ${encoded('ecdsa-sha2-nistp256', 65)}`

/** The public part of a key: its type, and bytes. */
function encoded(type: string, size: number, fill = 1): string {
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  return Buffer.concat([part(Buffer.from(type)), part(Buffer.alloc(size, fill))]).toString('base64')
}

function reportWith(more: object): string {
  const nothing = { consul: null, zookeeper: null, master: null, agent: null, marathon: null }
  const json = JSON.stringify({ cloud_init: { status: 'done', errors: [] }, units: [], ...nothing, ...more })
  const head = '1-0000abcd 1 1800000000 full '
  return `mesos-bakery ${head}${crc32(`${head}${json}`).toString(16).padStart(8, '0')} ${json}\r\n`
}

function printed(...lines: readonly string[]): string {
  const block = ['-----BEGIN SSH HOST KEY KEYS-----', ...lines, '-----END SSH HOST KEY KEYS-----', '']
  return block.join('\r\n')
}

const consoles: readonly (readonly [what: string, console: string, keys: readonly string[]])[] = [
  ['nothing', '', []],
  ['a report without keys', reportWith({}), []],
  ['a report', reportWith({ host_keys: [ed25519, ecdsa] }), [ed25519, ecdsa]],
  ['a report, which takes precedence', printed(other) + reportWith({ host_keys: [ed25519] }), [ed25519]],
  ['cloud-init, with comments', printed(`${ecdsa} root@ip`, `${ed25519} root@ip`), [ecdsa, ed25519]],
  ['cloud-init and an older report', reportWith({}) + printed(ed25519), [ed25519]],
  ['cloud-init, with a prefix', printed(`[   20.1] cloud-init[812]: ec2: ${ed25519}`), [ed25519]],
  ['two boots', `${printed(other)}reboot\r\n${printed(ed25519)}`, [ed25519]],
  ['a block that is cut off', printed(ed25519).replace(/-----END.*/s, ''), []],
  ['a torn key', printed(`${ed25519.slice(0, 40)}[   21.0] usb 1-1: new device`, ecdsa), [ecdsa]],
  ['a key of another type', printed(ed25519.replace('ssh-ed25519', 'ssh-rsa')), []],
  ['a key outside of a block', `${ed25519}\r\n`, []],
  [
    'something that is not a key',
    reportWith({ host_keys: ['* ssh-ed25519 AAAA', `${ed25519}\n* x`] }),
    [ed25519],
  ],
]

for (const [what, console, keys] of consoles)
  test(`host keys on a console: ${what}`, t => t.deepEqual(hostKeysOn(console), keys))

test('known hosts are those of a single host', t => {
  t.is(knownHosts('i-1', ['a b', 'c d']), 'i-1 a b\ni-1 c d\n')
})

const ssh: SshSettings = {
  user: 'admin',
  jumpHost: 'me@bastion:2222',
  options: { IdentityFile: ['~/.ssh/a', '~/.ssh/b'], Port: 2022, ForwardAgent: true },
}

const to = { node: 'c1-leader-1', id: 'i-1', address: '10.0.0.4', ssh }

test('ssh verifies the host key, whatever the inventory and the user configure', t => {
  const args = sshArguments(to, { knownHosts: '/tmp/k', log: '/tmp/l' }, ['-t'])
  const end = ['-J', 'me@bastion:2222', '-E', '/tmp/l', '-l', 'admin', '-t', '--', '10.0.0.4']
  t.deepEqual(args.slice(-end.length), end)
  const options = args.filter((_, index) => args[index - 1] === '-o')
  // ssh uses the first value of an option (ssh_config(5)).
  const fixed = options.slice(0, options.indexOf('IdentityFile=~/.ssh/a'))
  t.deepEqual(options.slice(fixed.length), [
    'IdentityFile=~/.ssh/a',
    'IdentityFile=~/.ssh/b',
    'Port=2022',
    'ForwardAgent=true',
    'ConnectTimeout=15',
  ])
  for (const option of [
    'StrictHostKeyChecking=yes',
    'UserKnownHostsFile="/tmp/k"',
    'GlobalKnownHostsFile=/dev/null',
    'KnownHostsCommand=none',
    'HostKeyAlias=i-1',
    'VerifyHostKeyDNS=no',
    'NoHostAuthenticationForLocalhost=no',
    'ControlPath=none',
  ])
    t.true(fixed.includes(option), option)
})

test('without a jump host, ssh connects directly', t => {
  const direct = { ...to, ssh: { ...ssh, jumpHost: undefined } }
  t.false(sshArguments(direct, { knownHosts: 'k', log: 'l' }, []).includes('-J'))
})

test('the journal is read with sudo, except as root', t => {
  const selection = { units: ['consul', 'zookeeper'], lines: 5, follow: true }
  const journal = [
    'journalctl',
    '--no-pager',
    '--lines',
    '5',
    '--unit',
    'consul',
    '--unit',
    'zookeeper',
    '--follow',
  ]
  t.deepEqual(journalCommand('root', selection), journal)
  t.deepEqual(journalCommand('admin', selection), ['sudo', '--non-interactive', ...journal])
})

// What ssh of OpenSSH 9.2 writes.
const logs: readonly (readonly [log: string, message: RegExp | undefined])[] = [
  ['', undefined],
  ['client_loop: send disconnect: Broken pipe\r\n', undefined],
  [
    'No ED25519 host key is known for i-1 and you have requested strict checking.\r\nHost key verification failed.\r\n',
    /^POSSIBLE ATTACK: the host key of 10\.0\.0\.4 is not on the console of i-1/,
  ],
  [
    '@@@@\r\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key for i-1 has changed and you have requested strict checking.\r\nHost key verification failed.\r\n',
    /^POSSIBLE ATTACK/,
  ],
  [
    'admin@10.0.0.4: Permission denied (publickey).\r\n',
    /^admin is not permitted .*denied \(publickey\)\.\)$/,
  ],
  [
    'Received disconnect from 10.0.0.4 port 22:2: Too many authentication failures\r\nDisconnected from 10.0.0.4 port 22\r\n',
    /^admin is not permitted/,
  ],
  [
    'kex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n',
    /^cannot connect to 10\.0\.0\.4 through me@bastion:2222 \(Connection closed by UNKNOWN/,
  ],
  [
    'ssh: connect to host 10.0.0.4 port 22: Connection timed out\r\n',
    /^cannot be reached \(ssh: connect to host 10\.0\.0\.4 port 22: Connection timed out\)$/,
  ],
]

for (const [log, message] of logs) {
  test(`ssh says ${JSON.stringify(log)}`, t => {
    const problem = explainSsh(log, to)
    if (message === undefined) t.is(problem, undefined)
    else {
      t.regex(problem?.message ?? '', message)
      t.truthy(problem?.help)
    }
  })
}

const cluster = clusterOf(sampleInventory())
const [first] = cluster.seats
const [pool] = cluster.pools

const actual: ActualMachines = {
  machines: [
    {
      ...{ id: 'i-a', seat: 1, leaders: 3, state: 'running', image: 'ami-1' },
      ...{ userData: undefined, address: undefined, reason: undefined },
    },
  ],
  pools: [
    {
      ...{ name: pool?.name ?? '', group: pool?.group ?? '', min: 1, max: 1, desired: 1, going: false },
      machines: [{ id: 'i-f', inService: false }],
    },
  ],
}

test('a node is the name of a seat, or the ID of an instance', t => {
  t.is(instanceOf(cluster, actual, first?.name ?? ''), 'i-a')
  t.is(instanceOf(cluster, actual, 'i-a'), 'i-a')
  t.is(instanceOf(cluster, actual, 'i-f'), 'i-f')
  const refused = (node: string) => t.throws(() => instanceOf(cluster, actual, node)).message
  t.regex(refused(cluster.seats[1]?.name ?? ''), /has no instance; launch it/)
  t.regex(refused(pool?.name ?? ''), /is a pool; use the ID of one of its instances: i-f$/)
  t.regex(refused('elsewhere'), /unknown node elsewhere; npm run status shows/)
})
