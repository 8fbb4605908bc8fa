import test from 'ava'
import fc from 'fast-check'
import { diagnose } from '../../scripts/doctor/diagnose.ts'
import type { Report } from '../../scripts/health/report.ts'
import { brief, type Change, consul, examined, follower, leader, master, now, unit } from './sample.ts'

// A healthy cluster has no findings: while it forms, while it is updated, and while it is idle.

const leaders = [1, 2, 3].map(leader)
const followers = [1, 2].map(follower)

/** Parts of a node that are not healthy yet, or not for the moment. */
const unwell = {
  consul: { consul: { ...consul, leader: null, servers: [] } },
  zookeeper: { zookeeper: { mode: null, synced_followers: null } },
  master: { master: { ...master, health: false, leader: null, quorum: null, recovered: false } },
  election: { master: { ...master, leader: null } },
  agent: { agent: { health: true, registered: false, id: null, master: null } },
  marathon: { marathon: { health: false, leader: null } },
} as const satisfies Readonly<Record<string, Partial<Report>>>

type Part = keyof typeof unwell

const partsOfLeader = ['consul', 'zookeeper', 'master', 'election', 'marathon'] as const
const partsOfFollower = ['consul', 'agent'] as const

const partsOf = (name: string) =>
  fc.subarray<Part>([...(leaders.includes(name) ? partsOfLeader : partsOfFollower)])

function changed(parts: readonly Part[]): Partial<Report> {
  return Object.assign({}, ...parts.map(part => unwell[part]))
}

/** A node that boots: its daemons come up in any order, and its names follow. */
function booting(name: string): fc.Arbitrary<Change> {
  const status = fc.constantFrom('not run', 'running', 'done')
  const catalog = fc.subarray(leaders.map((one, index): [string, string] => [one, `10.0.0.${index + 1}`]))
  const answer = fc.option(fc.subarray(['10.0.0.1', '10.0.0.2', '10.0.0.3']))
  const closed = fc.subarray<[string, number, string]>([
    ['10.0.0.1', 2181, 'refused'],
    ['10.0.0.2', 3888, 'refused'],
    ['10.0.0.3', 5050, 'refused'],
  ])
  return fc
    .record({ status, parts: partsOf(name), answer, catalog, closed, age: fc.integer({ min: 0, max: 100 }) })
    .map(({ status, parts, answer, catalog, closed, age }): Change => {
      const states = parts.map(part => [part, now - age])
      const names = { answer, resolver: answer !== null, catalog }
      return {
        report: {
          ...changed(parts),
          cloud_init: { status, errors: [] },
          units: [unit('mesos-bakery-seat.service', { active: 'activating', sub: 'start' })],
        },
        evidence: {
          ...{ booted: now - age, well: null, ill: Object.fromEntries(states), names, closed },
          // cloud-init writes the files of the user data one after the other.
          edited:
            status === 'done' ? [] : [{ file: '/etc/consul.d/agent.json', lines: ['the file is missing'] }],
        },
      }
    })
}

/** A node that is up for long: a daemon may be between two elections, and has been restarted before. */
function idle(name: string): fc.Arbitrary<Change> {
  const seen = {
    parts: partsOf(name),
    age: fc.nat(30),
    ahead: fc.integer({ min: -25, max: 5 }),
    restarts: fc.nat(9),
  }
  return fc.record(seen).map(({ parts, age, ahead, restarts }) => ({
    ...{ age, ahead },
    report: { ...changed(parts), units: [unit('marathon.service', { restarts, status: 103 })] },
    evidence: { ill: brief(...parts) },
  }))
}

const gone = fc.constantFrom<Change>(
  { state: 'missing', report: null },
  { state: 'ended', reason: 'exited with 143', report: null },
  { report: null, reason: 'has stopped reporting; its last report is 2 min old by its own clock' },
  { evidence: { stopped: ['mesos-agent.service', 'dnsmasq.service', 'consul.service'] } },
)

function every(nodeOf: (name: string) => fc.Arbitrary<Change>): fc.Arbitrary<Record<string, Change>> {
  return fc.record(Object.fromEntries([...leaders, ...followers].map(name => [name, nodeOf(name)])))
}

/** @throws an error with a counterexample and what was found */
function holds(changes: fc.Arbitrary<Record<string, Change>>, observed = {}): void {
  const property = fc.property(changes, one => {
    const found = diagnose(examined(one, observed))
    if (found.length > 0) throw new Error(found.map(({ code, node }) => `${code} ${node}`).join())
  })
  fc.assert(property, { numRuns: 300, includeErrorInReport: true })
}

test('a cluster that forms has no findings', t => {
  t.notThrows(() => holds(every(booting)))
  t.notThrows(() => holds(every(name => fc.oneof(booting(name), fc.constant({})))))
})

test('a cluster that is idle has no findings, even during a failover', t => {
  t.notThrows(() => holds(every(idle)))
})

test('a cluster that is updated has no findings', t => {
  const old = {
    outOfDate: [{ name: leader(2), machine: 'i', reasons: ['different user data'], inPlace: true }],
  }
  // One leader and one follower at a time, as a rolling update does.
  const nodes = every(name => (/1$/.test(name) ? fc.oneof(booting(name), idle(name), gone) : idle(name)))
  t.notThrows(() => holds(nodes, { changing: true, ...old, refusals: ['a rolling update is under way'] }))
})

test('nodes of earlier releases, which report no evidence, have no findings', t => {
  const one = examined()
  const nodes = one.nodes.map(({ time: _, ahead: __, ...node }) => {
    const { evidence: ___, ...report } = node.report ?? one.nodes[0]?.report ?? ({} as Report)
    return { ...node, report }
  })
  t.deepEqual(diagnose({ ...one, nodes }), [])
})
