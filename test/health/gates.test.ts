import test from 'ava'
import { electedIn } from '../../scripts/health/elected.ts'
import type { GateName } from '../../scripts/health/gate.ts'
import { gatesOf, isUp } from '../../scripts/health/gates.ts'
import { whyNotReplace } from '../../scripts/health/replaceable.ts'
import { parseReport, type Report } from '../../scripts/health/report.ts'
import { type Expected, expectedOf, type Seen } from '../../scripts/health/seen.ts'
import { clusterOf, emptyReport, sampleInventory } from '../harness/sample.ts'

const expected: Expected = { leaders: 3, followers: 2, quorum: 2, zookeeper: true, marathon: true }

function unit(name: string, more: object = {}) {
  return { name, active: 'active', sub: 'running', restarts: 0, result: 'success', ...more }
}

const shared: Report = {
  ...emptyReport,
  units: ['consul', 'zookeeper', 'mesos-master', 'mesos-agent', 'marathon'].map(name =>
    unit(`${name}.service`),
  ),
  consul: { servers: ['l1', 'l2', 'l3'], leader: '10.0.0.2:8300', voters: 3 },
}

const master = {
  health: true,
  leader: '10.0.0.1:5050',
  elected: false,
  quorum: 2,
  recovered: false,
  slaves: null,
}

function leader(number: number, more: Partial<Report> = {}): Seen {
  const leads = number === 1
  const report: Report = {
    ...shared,
    zookeeper: { mode: number === 2 ? 'leader' : 'follower', synced_followers: number === 2 ? 2 : null },
    master: leads ? { ...master, elected: true, recovered: true, slaves: 2 } : master,
    marathon: { health: true, leader: '10.0.0.1:8080' },
    ...more,
  }
  return { name: `l${number}`, leads: true, follows: false, state: 'running', reason: undefined, report }
}

function follower(number: number, more: Partial<Report> = {}): Seen {
  const agent = { health: true, registered: true, id: `S${number}`, master: '10.0.0.1' }
  const report: Report = { ...shared, agent, ...more }
  return { name: `f${number}`, leads: false, follows: true, state: 'running', reason: undefined, report }
}

const well = [leader(1), leader(2), leader(3), follower(1), follower(2)]

/** The healthy cluster with a single node changed. */
function but(changed: Seen): readonly Seen[] {
  return well.map(node => (node.name === changed.name ? changed : node))
}

function closed(seen: readonly Seen[]): readonly GateName[] {
  return gatesOf(seen, expected)
    .filter(({ state }) => state !== 'green')
    .map(({ name }) => name)
}

test('a healthy cluster passes every gate', t => {
  const gates = gatesOf(well, expected)
  t.true(isUp(gates))
  t.deepEqual(
    gates.map(({ name, detail }) => `${name}: ${detail}`),
    [
      'machines: 5 of 5 running and reporting',
      'cloud-init: 5 of 5 done',
      'consul: 5 of 5 see 3 servers and a leader',
      'zookeeper: l2 leads, 2 of 2 followers synced',
      'masters: 3 of 3 answer, quorum 2',
      'election: l1 is elected, 3 agree',
      'followers: 2 of 2 registered',
      'marathon: 3 of 3 answer',
    ],
  )
  t.deepEqual(
    electedIn(well).map(({ name }) => name),
    ['l1'],
  )
})

const ill: readonly (readonly [string, Seen, readonly GateName[]])[] = [
  ['cloud-init runs', leader(1, { cloud_init: { status: 'running', errors: [] } }), ['cloud-init']],
  [
    'a server of Consul is missing',
    leader(3, { consul: { servers: ['l1', 'l3'], leader: 'x', voters: 3 } }),
    ['consul'],
  ],
  [
    'a server of Consul has no vote yet',
    leader(3, { consul: { servers: ['l1', 'l2', 'l3'], leader: 'x', voters: 2 } }),
    ['consul'],
  ],
  [
    'Consul has no leader',
    follower(1, { consul: { servers: ['l1', 'l2', 'l3'], leader: null, voters: null } }),
    ['consul'],
  ],
  [
    'ZooKeeper serves nobody',
    leader(3, { zookeeper: { mode: null, synced_followers: null } }),
    ['zookeeper'],
  ],
  [
    'ZooKeeper is standalone',
    leader(3, { zookeeper: { mode: 'standalone', synced_followers: 0 } }),
    ['zookeeper'],
  ],
  [
    'ZooKeeper has two leaders',
    leader(1, { zookeeper: { mode: 'leader', synced_followers: 2 } }),
    ['zookeeper'],
  ],
  [
    'a server is not synced',
    leader(2, { zookeeper: { mode: 'leader', synced_followers: 1 } }),
    ['zookeeper'],
  ],
  [
    'a master is silent',
    leader(3, { master: { ...master, health: false, leader: null } }),
    ['masters', 'election'],
  ],
  ['a master has another quorum', leader(3, { master: { ...master, quorum: 3 } }), ['masters']],
  ['nobody is elected', leader(1, { master }), ['election', 'followers']],
  [
    'two are elected',
    leader(2, { master: { ...master, elected: true, recovered: true, slaves: 2 } }),
    ['election'],
  ],
  ['one names another leader', leader(3, { master: { ...master, leader: '10.0.0.9:5050' } }), ['election']],
  [
    'the registrar has not recovered',
    leader(1, { master: { ...master, elected: true, slaves: 2 } }),
    ['election'],
  ],
  [
    'a follower is not registered',
    follower(2, { agent: { health: true, registered: false, id: null, master: null } }),
    ['followers'],
  ],
  [
    'the leader knows one follower',
    leader(1, { master: { ...master, elected: true, recovered: true, slaves: 1 } }),
    ['followers'],
  ],
  ['Marathon is silent', leader(2, { marathon: { health: false, leader: null } }), ['marathon']],
  ['Marathon knows no leader', leader(2, { marathon: { health: true, leader: null } }), ['marathon']],
]

for (const [what, node, gates] of ill) {
  test(`the gate is closed while ${what}`, t => {
    t.deepEqual(closed(but(node)), gates)
  })
}

test('a node without a report closes every gate that requires the report', t => {
  t.deepEqual(closed(but({ ...leader(3), report: undefined })), [
    'machines',
    'cloud-init',
    'consul',
    'masters',
    'election',
    'marathon',
  ])
  t.deepEqual(closed(but({ ...follower(2), report: undefined })), [
    'machines',
    'cloud-init',
    'consul',
    'followers',
  ])
})

test('waiting ends if it cannot help', t => {
  const final = (seen: readonly Seen[]) =>
    gatesOf(seen, expected).flatMap(({ state, blames }) =>
      state === 'failed' ? blames.filter(blame => blame.final).map(({ node, why }) => `${node}: ${why}`) : [],
    )
  t.deepEqual(final(well), [])
  t.deepEqual(final(but({ ...leader(2), state: 'ended', reason: 'exited with 137', report: undefined })), [
    'l2: exited with 137',
  ])
  t.deepEqual(final(but(leader(2, { cloud_init: { status: 'error', errors: ['no disk'] } }))), [
    'l2: finished with errors: no disk',
  ])
  const dead = [unit('mesos-master.service', { active: 'failed', sub: 'failed' })]
  t.deepEqual(final(but(leader(2, { units: dead, master: { ...master, health: false, leader: null } }))), [
    'l2: does not answer /health; failed (failed)',
  ])
})

test('a unit that restarts repeatedly is named', t => {
  const units = [unit('mesos-agent.service', { active: 'activating', sub: 'auto-restart', restarts: 4 })]
  const agent = { health: false, registered: false, id: null, master: null }
  const [gate] = gatesOf(but(follower(1, { units, agent })), expected).filter(
    ({ name }) => name === 'followers',
  )
  t.like(gate, {
    state: 'waiting',
    blames: [
      {
        node: 'f1',
        unit: 'mesos-agent.service',
        why: 'does not answer /health; activating (auto-restart), restarted 4 times',
      },
      { node: '' },
    ],
  })
})

test('an image without Marathon has no Marathon gate', t => {
  const seen = well.map(node =>
    node.report === undefined ? node : { ...node, report: { ...node.report, marathon: null } },
  )
  t.true(isUp(gatesOf(seen, expected)))
})

test('a cluster with one leader requires only that leader', t => {
  const report: Partial<Report> = {
    consul: { servers: ['l1'], leader: 'x', voters: 1 },
    zookeeper: { mode: 'leader', synced_followers: 0 },
    master: { ...master, elected: true, recovered: true, slaves: 1, quorum: 1 },
    agent: { health: true, registered: true, id: 'S1', master: 'x' },
  }
  const seen = [{ ...leader(1, report), follows: true }]
  t.true(isUp(gatesOf(seen, { ...expected, leaders: 1, followers: 1, quorum: 1 })))
})

test('the expected state is derived from the cluster', t => {
  t.deepEqual(expectedOf(clusterOf(sampleInventory(3)), 2), expected)
  const mixed = clusterOf('groups: { all: { vars: { mesos_mode: mixed }, count: 3 } }')
  t.is(expectedOf(mixed, 0).followers, 3)
})

test('an invalid report is ignored', t => {
  t.deepEqual(parseReport(JSON.stringify(shared)), shared)
  t.is(parseReport('not yet'), undefined)
  t.is(parseReport('{"units": []}'), undefined)
})

test('a leader may be replaced only while the others have every quorum, and a new one has a vote', t => {
  t.is(whyNotReplace('l1', well, expected, false), undefined)
  t.is(
    whyNotReplace('l1', but({ ...leader(1), state: 'ended', report: undefined }), expected, false),
    undefined,
  )
  const novice = { servers: ['l1', 'l2', 'l3'], leader: 'x', voters: 2 }
  const fresh = well.map(node => (node.leads ? leader(Number(node.name.slice(1)), { consul: novice }) : node))
  t.regex(
    whyNotReplace('l1', fresh, expected, false) ?? '',
    /^Consul would have 1 of the 2 voting servers that its quorum requires/,
  )
  const down = but(leader(2, { zookeeper: { mode: null, synced_followers: null } }))
  t.regex(
    whyNotReplace('l1', down, expected, false) ?? '',
    /^only 1 of the other 2 leaders are healthy \(l2 is not/,
  )
  t.regex(whyNotReplace('l1', well, { ...expected, leaders: 1 }, false) ?? '', /^is the only leader/)
  t.is(whyNotReplace('l1', well, { ...expected, leaders: 1 }, true), undefined)
})
