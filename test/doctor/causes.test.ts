import test from 'ava'
import { diagnose } from '../../scripts/doctor/diagnose.ts'
import { type CauseCode, everyCause } from '../../scripts/doctor/every-cause.ts'
import type { Examined } from '../../scripts/doctor/examined.ts'
import { sampleInventory } from '../harness/sample.ts'
import {
  brief,
  type Change,
  consul,
  examined,
  follower,
  ill,
  leader,
  master,
  now,
  restarting,
  unit,
} from './sample.ts'

// One case for each cause, and the near misses that must not be taken for it.

const [l1, l2, l3, f1, f2] = [leader(1), leader(2), leader(3), follower(1), follower(2)] as const
const noAgent = { health: false, registered: false, id: null, master: null }
const unregistered = { ...noAgent, health: true }
const off = { mode: null, synced_followers: null }
const refused =
  'E1128 master.cpp:1739] Recovery failed: Failed to recover registrar: Failed to perform fetch within 1mins'
const dead: Change = { state: 'ended', reason: 'exited with 137', report: null }
const noReport: Change = {
  report: null,
  reason: 'has stopped reporting; its last report is 9 min old by its own clock',
}
const logs = (name: string, ...lines: readonly string[]) => ({ [`${name}.service`]: [...lines] })
const names = { answer: ['10.0.0.1', '10.0.0.2', '10.0.0.3'], resolver: true, catalog: null }
const entries: [string, string][] = [
  [l1, '10.0.0.1'],
  [l2, '10.0.0.2'],
  [l3, '10.0.0.3'],
]
const closedTo = (address: string, reason = 'timed out'): [string, number, string][] =>
  [2181, 3888, 5050].map(port => [address, port, reason])
const allLeaders = (change: Change) => ({ [l1]: change, [l2]: change, [l3]: change })
const catalogIs = (catalog: [string, string][]) => allLeaders({ evidence: { names: { ...names, catalog } } })
const emptyLog = { ...master, leader: '10.0.0.1:5050', recovered: false }
const asleep = { health: false, leader: null }
const masterLog = logs('mesos-master', 'I1128 Elected', refused)
const difference = (kind: string, title: string, detail = 'open 5050') => ({
  differences: [{ kind, name: 'mesos-bakery-c1-leader', title, detail }],
})
const old = (reason: string) => ({
  outOfDate: [{ name: l2, machine: 'i-2', reasons: [reason], inPlace: true }],
})

/** What was observed, the cause and its node. Nothing is found in a near miss. */
type Row = readonly [what: string, Examined, ...found: readonly `${CauseCode} ${string}`[]]

const rows: readonly Row[] = [
  // Failed to recover registrar
  [
    'a master runs with a higher quorum',
    examined({ [l3]: { report: { master: { ...master, quorum: 3 } } } }),
    `D001 ${l3}`,
  ],
  [
    'the elected master aborts, because its quorum was edited by hand',
    examined({
      [l1]: {
        report: { master: { ...master, quorum: 3 }, logs: masterLog },
        evidence: { edited: [{ file: '/etc/mesos-bakery/mesos-master.env', lines: ['MESOS_QUORUM=3'] }] },
      },
    }),
    `D001 ${l1}`,
  ],
  [
    'near miss: the quorum differs while the number of leaders changes',
    examined({ [l3]: { report: { master: { ...master, quorum: 3 } } } }, { changing: true }),
  ],
  [
    'a master announces an address that is not its own',
    examined({ [l2]: { evidence: { announced: '192.0.2.9' }, report: { logs: masterLog } } }),
    `D002 ${l2}`,
  ],
  [
    'near miss: the inventory sets the address, and the cluster works',
    examined(
      { [l2]: { evidence: { announced: '192.0.2.9' } } },
      {},
      sampleInventory(3).replace(
        'count: 3',
        'count: 3, seats: { 2: { vars: { mesos_leader_options: { advertise_ip: 192.0.2.9 } } } }',
      ),
    ),
  ],
  [
    'a third master is missing at the first boot',
    examined({
      [l1]: { report: { master: { ...emptyLog, elected: true, slaves: 0 }, logs: masterLog } },
      [l2]: { report: { master: emptyLog } },
      [l3]: dead,
    }),
    `D050 ${l3}`,
    `D003 ${l3}`,
  ],
  ['near miss: a master is missing, and the others have their logs', examined({ [l3]: dead }), `D050 ${l3}`],
  [
    'a leader is cut off',
    examined({
      [l1]: { evidence: { closed: closedTo('10.0.0.3') }, report: { logs: masterLog } },
      [l2]: { evidence: { closed: closedTo('10.0.0.3') } },
      [l3]: {
        report: { zookeeper: off, consul: { ...consul, leader: null }, master: { ...master, leader: null } },
        evidence: {
          closed: [...closedTo('10.0.0.1'), ...closedTo('10.0.0.2')],
          ill: ill('zookeeper', 'consul', 'election'),
        },
      },
      [f1]: { evidence: { closed: closedTo('10.0.0.3') } },
    }),
    `D004 ${l3}`,
  ],
  [
    'one port of one leader is closed to a follower, which is not registered',
    examined({
      [f1]: {
        report: { agent: unregistered },
        evidence: { closed: [['10.0.0.1', 5050, 'timed out']], ill: ill('agent') },
      },
    }),
    `D004 ${l1}, ${f1}`,
  ],
  [
    'a master works, but refuses connections',
    examined({ [l1]: { evidence: { closed: [['10.0.0.2', 5050, 'refused']] } } }),
    `D004 ${l1}, ${l2}`,
  ],
  [
    'near miss: connections to a stopped machine and to a stopped daemon fail',
    examined({
      [l1]: { evidence: { closed: [...closedTo('10.0.0.3'), ['10.0.0.2', 2181, 'refused']] } },
      [l2]: { report: { zookeeper: off }, evidence: { ill: brief('zookeeper') } },
      [l3]: dead,
    }),
    `D050 ${l3}`,
  ],
  [
    'the logs of a majority were emptied',
    examined({
      [l1]: { report: { master: { ...master, elected: true, slaves: 0 }, logs: masterLog } },
      [l2]: { report: { master: emptyLog } },
      [l3]: { report: { master: emptyLog } },
    }),
    `D005 ${l2}, ${l3}`,
  ],
  ['near miss: one log was emptied, and recovers', examined({ [l2]: { report: { master: emptyLog } } })],
  [
    'near miss: a new cluster initializes its logs',
    examined(
      allLeaders({
        report: { master: { ...emptyLog, elected: false } },
        evidence: { well: null, booted: 1_799_999_960 },
      }),
    ),
  ],
  // No leader
  [
    'two servers of ZooKeeper were stopped',
    examined({
      [l1]: {
        report: { zookeeper: off },
        evidence: { stopped: ['zookeeper.service'], ill: ill('zookeeper') },
      },
      [l2]: {
        report: { zookeeper: off },
        evidence: { stopped: ['zookeeper.service'], ill: ill('zookeeper') },
      },
      [l3]: {
        report: { zookeeper: off, master: { ...master, leader: null } },
        evidence: { ill: ill('zookeeper', 'election') },
      },
    }),
    `D010 ${l1}, ${l2}`,
    `D054 ${l1}`,
    `D054 ${l2}`,
  ],
  [
    'near miss: ZooKeeper elects a leader',
    examined(allLeaders({ report: { zookeeper: off }, evidence: { ill: brief('zookeeper') } })),
  ],
  [
    'a server of ZooKeeper is alone',
    examined({
      [l3]: { report: { zookeeper: { ...off, mode: 'standalone' } }, evidence: { ill: ill('zookeeper') } },
    }),
    `D011 ${l3}`,
  ],
  [
    'a server of ZooKeeper does not join the quorum',
    examined({ [l3]: { report: { zookeeper: off }, evidence: { ill: ill('zookeeper') } } }),
    `D011 ${l3}`,
  ],
  [
    'two servers of Consul were stopped',
    examined({
      [l1]: {
        report: { consul: { ...consul, leader: null } },
        evidence: { stopped: ['consul.service'], ill: ill('consul') },
      },
      [l2]: {
        report: { consul: { ...consul, leader: null } },
        evidence: { stopped: ['consul.service'], ill: ill('consul') },
      },
      [l3]: { report: { consul: { ...consul, leader: null } }, evidence: { ill: ill('consul') } },
      [f1]: { report: { consul: { ...consul, leader: null } }, evidence: { ill: ill('consul') } },
      [f2]: { report: { consul: { ...consul, leader: null } }, evidence: { ill: ill('consul') } },
    }),
    'D012 ',
    `D020 ${l1}`,
    `D020 ${l2}`,
  ],
  [
    'an agent of Consul is alone',
    examined({ [f2]: { report: { consul: { ...consul, leader: null } }, evidence: { ill: ill('consul') } } }),
    `D013 ${f2}`,
  ],
  [
    'nobody is elected, although ZooKeeper serves',
    examined(
      allLeaders({ report: { master: { ...master, leader: null } }, evidence: { ill: ill('election') } }),
    ),
    'D014 ',
  ],
  [
    'near miss: a failover is under way',
    examined({
      ...allLeaders({
        report: { master: { ...master, leader: null } },
        evidence: { ill: brief('election') },
      }),
      [f1]: { report: { agent: unregistered }, evidence: { ill: brief('agent') } },
    }),
  ],
  // Names
  [
    'the Consul agent of a follower was stopped',
    examined({
      [f1]: {
        report: { consul: { ...consul, leader: null } },
        evidence: { stopped: ['consul.service'], ill: ill('consul') },
      },
    }),
    `D020 ${f1}`,
  ],
  [
    'dnsmasq was stopped, and the agent does not find ZooKeeper',
    examined({
      [f1]: {
        report: { agent: unregistered },
        evidence: { stopped: ['dnsmasq.service'], names: { ...names, answer: null }, ill: ill('agent') },
      },
    }),
    `D021 ${f1}`,
  ],
  [
    'dnsmasq runs, and does not answer',
    examined({ [f1]: { evidence: { names: { ...names, answer: null } } } }),
    `D021 ${f1}`,
  ],
  ['a seat is missing in the catalog', examined(catalogIs(entries.slice(0, 2))), `D022 ${l3}`],
  [
    'the catalog has the address of a former machine',
    examined(catalogIs([...entries.slice(0, 2), [l3, '10.0.0.99']])),
    `D023 ${l3}`,
    ...[l1, l2, l3, f1, f2].map(name => `D024 ${name}` as const),
  ],
  [
    'a node answers with old addresses',
    examined({ [f2]: { evidence: { names: { ...names, answer: ['10.0.0.1', '10.0.0.2', '10.0.0.99'] } } } }),
    `D024 ${f2}`,
  ],
  [
    'the addresses of a node are no longer kept',
    examined({ [f2]: { evidence: { stopped: ['mesos-bakery-names.service'] } } }),
    `D024 ${f2}`,
  ],
  [
    'a node uses another name server',
    examined({ [f2]: { evidence: { names: { ...names, resolver: false } } } }),
    `D025 ${f2}`,
  ],
  ['another node is registered', examined(catalogIs([...entries, ['stray', '192.0.2.1']])), 'D026 '],
  // Agents
  [
    'an agent of another version is refused',
    examined({
      [f1]: {
        report: { agent: unregistered },
        evidence: { versions: { agent: '1.4.0' }, ill: ill('agent') },
      },
    }),
    `D030 ${f1}`,
  ],
  [
    'near miss: a registered agent has another version',
    examined({ [f1]: { evidence: { versions: { agent: '1.10.0' } } } }),
  ],
  ...(
    [
      ['D031', 'E1128 slave.cpp:7620] Failed to perform recovery: Incompatible agent info detected.'],
      ['D032', 'this image is for cgroup v2, but the machine booted with v1; check the kernel command line'],
      ['D033', 'E1128 slave.cpp:1290] Failed to authenticate with master: Authentication discarded'],
      ['D053', 'E1128 main.cpp:555] Failed to determine agent resources or attributes'],
    ] as const
  ).map(
    ([code, line]): Row => [
      `an agent restarts: ${line}`,
      examined({
        [f1]: {
          report: {
            agent: noAgent,
            units: [restarting('mesos-agent.service', 1)],
            logs: logs('mesos-agent', line),
          },
          evidence: { ill: ill('agent') },
        },
      }),
      `${code} ${f1}`,
    ],
  ),
  [
    'an agent was marked as gone',
    examined({
      [f1]: {
        report: {
          agent: noAgent,
          logs: logs('mesos-agent', "Agent asked to shut down because 'Agent has been marked gone'"),
        },
        evidence: { stopped: ['mesos-agent.service'], ill: ill('agent') },
      },
    }),
    `D034 ${f1}`,
  ],
  [
    'near miss: an agent is drained in a rolling update',
    examined(
      {
        [f1]: {
          report: { agent: noAgent },
          evidence: { stopped: ['mesos-agent.service'], ill: brief('agent') },
        },
      },
      { changing: true },
    ),
  ],
  [
    'an agent does not register, and only its log knows why',
    examined({ [f1]: { report: { agent: unregistered }, evidence: { ill: ill('agent') } } }),
    `D035 ${f1}`,
  ],
  // Marathon
  ...([112, 109, 111, 1] as const).map(
    (status, index): Row => [
      `Marathon exits with ${status}`,
      examined({
        [l2]: {
          report: {
            marathon: { health: false, leader: null },
            units: [restarting('marathon.service', status)],
          },
          evidence: { ill: ill('marathon') },
        },
      }),
      `D04${index as 0 | 1 | 2 | 3} ${l2}`,
    ],
  ),
  [
    'near miss: Marathon restarts once, because it has lost the leadership',
    examined({
      [l2]: {
        report: { marathon: { health: false, leader: null }, units: [restarting('marathon.service', 103)] },
        evidence: { ill: brief('marathon') },
      },
    }),
  ],
  [
    'Marathon hangs',
    examined({
      [l2]: { report: { marathon: { health: false, leader: null } }, evidence: { ill: ill('marathon') } },
    }),
    `D043 ${l2}`,
  ],
  // Machines
  ['half of the nodes are dead', examined({ [l3]: dead, [f2]: dead }), `D050 ${l3}`, `D050 ${f2}`],
  ['near miss: a node is replaced in a rolling update', examined({ [l3]: dead }, { changing: true })],
  ['a node has stopped reporting', examined({ [l3]: noReport }), `D051 ${l3}`],
  [
    'near miss: a new follower has not reported yet, or is counted by the elected master',
    examined({
      [f1]: { report: null, reason: 'has not reported yet' },
      [f2]: { report: null, counted: true },
      [l3]: { evidence: { booted: now - 60 } },
    }),
  ],
  [
    'a follower does not report, although all others have booted long ago',
    examined({ [f1]: { report: null, reason: 'has not reported yet' } }),
    `D051 ${f1}`,
  ],
  [
    'cloud-init has failed',
    examined({ [f1]: { report: { cloud_init: { status: 'error', errors: ['no disk'] } } } }),
    `D052 ${f1}`,
  ],
  [
    'a unit of mesos-bakery has failed',
    examined({ [f1]: { report: { units: [unit('mesos-bakery-facts.service', { active: 'failed' })] } } }),
    `D053 ${f1}`,
  ],
  [
    'a master was stopped by hand',
    examined({
      [l3]: {
        report: { master: { ...master, ...asleep } },
        evidence: { stopped: ['mesos-master.service'], ill: ill('master') },
      },
    }),
    `D054 ${l3}`,
  ],
  [
    'a disk is full',
    examined({ [l1]: { evidence: { disks: [{ path: '/var/log', used: 100 }] } } }),
    `D055 ${l1}`,
  ],
  [
    'a server of Consul was stopped, and has ended with an error, as it always does',
    examined({ [f1]: { report: { units: [unit('consul.service', { active: 'failed', status: 1 })] } } }),
    `D020 ${f1}`,
  ],
  ['there is no memory', examined({ [l1]: { evidence: { memory: 1 } } }), `D056 ${l1}`],
  [
    'the kernel has killed Marathon',
    examined({ [l1]: { report: { units: [unit('marathon.service', { result: 'oom-kill' })] } } }),
    `D056 ${l1}`,
  ],
  ['a clock is wrong', examined({ [l2]: { ahead: 95 } }), `D057 ${l2}`],
  [
    'near miss: the clock of this machine is wrong',
    examined(Object.fromEntries([l1, l2, l3, f1, f2].map(name => [name, { ahead: 95 }]))),
  ],
  [
    'EC2 retires an instance',
    examined({
      [l2]: { warnings: [{ code: 'instance-retirement', time: null, message: 'instance retirement' }] },
    }),
    `D058 ${l2}`,
  ],
  // Drift
  [
    'a file was edited by hand, and the daemon was not restarted',
    examined({
      [l2]: {
        evidence: { edited: [{ file: '/etc/mesos-bakery/mesos-master.env', lines: ['MESOS_QUORUM=1'] }] },
      },
    }),
    `D060 ${l2}`,
  ],
  ['settings are older', examined({}, old('different user data')), `D061 ${l2}`],
  ['an image is older', examined({}, old('image ami-1 → ami-2')), `D062 ${l2}`],
  [
    'near miss: a rolling update changes them',
    examined({}, { ...old('image ami-1 → ami-2'), changing: true }),
  ],
  ['a rule of a security group is missing', examined({}, difference('security group', 'rules')), 'D063 '],
  [
    'near miss: a security group has a rule that is no longer needed',
    examined({}, difference('security group', 'rules', 'close 9999')),
    'D065 ',
  ],
  ['the policy was edited', examined({}, difference('instance profile', 'instance profile')), 'D064 '],
  [
    'EC2 refuses a call of Consul',
    examined({
      [l3]: {
        report: {
          consul: { ...consul, leader: null },
          logs: logs('consul', 'Cannot discover: api error UnauthorizedOperation'),
        },
        evidence: { ill: ill('consul') },
      },
    }),
    `D064 ${l3}`,
    `D013 ${l3}`,
  ],
  ['a lifecycle hook is missing', examined({}, difference('lifecycle hook', 'lifecycle hook')), 'D065 '],
  ['near miss: a missing machine has a finding of its own', examined({}, difference('seat', 'seat 1'))],
  ['a launch would be refused', examined({}, { refusals: ['the cluster is being resized'] }), 'D066 '],
]

const said = (one: Examined) => diagnose(one).map(({ code, node }) => `${code} ${node}`)

for (const [what, one, ...found] of rows) {
  test(what, t => {
    t.deepEqual(said(one), found)
  })
}

test('a check that fails for a reason that is not known is reported', t => {
  const tasks = examined({ [l1]: { report: { master: { ...master, elected: true, slaves: 1 } } } })
  t.deepEqual(said(tasks), ['D099 '])
})

test('every cause has a case, a unique code and full sentences', t => {
  const covered = new Set(rows.flatMap(([, one]) => diagnose(one).map(({ code }) => code)))
  const codes = everyCause.map(({ code }) => code)
  t.deepEqual(
    codes.filter(code => !covered.has(code) && code !== 'D099'),
    [],
  )
  t.is(new Set(codes).size, codes.length)
  for (const { sentence, why, fix } of everyCause)
    for (const text of [sentence, why, fix]) t.regex(text, /^[A-Za-z].*\.$/)
})

test('a finding names the setting in the inventory, and the command that fixes it', t => {
  const [quorum] = diagnose(examined({ [l3]: { report: { master: { ...master, quorum: 3 } } } }))
  t.like(quorum, { fix: ['shell', '--node', l3, '--command', 'systemctl restart mesos-master.service'] })
  t.is(String(quorum?.path), 'groups.leaders.count')
  const text = sampleInventory(3).replace(
    'mesos_mode: leader',
    'mesos_mode: leader, mesos_leader_options: { weights: "file:///nowhere" }',
  )
  const units = [restarting('mesos-master.service', 1)]
  const line = 'Failed to load flag weights: No such file: /nowhere'
  const change = { report: { units, logs: logs('mesos-master', line) }, evidence: { ill: ill('master') } }
  const [failed] = diagnose(examined({ [l1]: change }, {}, text))
  t.like(failed, {
    code: 'D053',
    fix: ['roll'],
    evidence: `mesos-master.service auto-restart, exit code 1; ${line}`,
  })
  t.is(String(failed?.path), 'groups.leaders.vars.mesos_leader_options.weights')
})
