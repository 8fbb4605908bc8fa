import { crc32 } from 'node:zlib'
import test from 'ava'
import { isUp } from '../../scripts/health/gates.ts'
import type { Report } from '../../scripts/health/report.ts'
import type { ActualMachines } from '../../scripts/plan/machines.ts'
import { statusOf } from '../../scripts/plan/status.ts'
import {
  ageOf,
  type Hearing,
  healthOn,
  hear,
  isInDoubt,
  nextToRead,
  standingOn,
} from '../../scripts/targets/ec2/hearing.ts'
import { clusterOf, emptyReport, sampleInventory } from '../harness/sample.ts'

const cluster = clusterOf(sampleInventory())
const [first] = cluster.pools
const now = 1_800_000_000_000

const master = {
  health: true,
  leader: '10.0.0.1:5050',
  elected: false,
  quorum: 2,
  recovered: false,
  slaves: null,
}

const shared: Report = {
  ...emptyReport,
  consul: { servers: ['1', '2', '3'], leader: '10.0.0.1', voters: 3 },
}

function leaderReport(seat: number, slaves: number): Report {
  return {
    ...shared,
    zookeeper: { mode: seat === 1 ? 'leader' : 'follower', synced_followers: seat === 1 ? 2 : null },
    master: seat === 1 ? { ...master, elected: true, recovered: true, slaves } : master,
    marathon: { health: true, leader: '10.0.0.1' },
  }
}

function frame(sequence: number, report: object, { boot = '1-0000abcd', time = now / 1_000 } = {}) {
  const head = `${boot} ${sequence} ${time} full `
  const json = JSON.stringify(report)
  return `mesos-bakery ${head}${crc32(`${head}${json}`).toString(16).padStart(8, '0')} ${json}\n`
}

function instances(followers: number): ActualMachines {
  return {
    machines: cluster.seats.map(({ seat }) => ({
      ...{ id: `i-l${seat}`, seat, leaders: 3, state: 'running', image: 'ami-1' },
      ...{ userData: undefined, address: undefined, reason: undefined },
    })),
    pools: cluster.pools.map(({ name, group, min, max }) => {
      const machines = Array.from({ length: name === first?.name ? followers : 0 }, (_, index) => ({
        id: `i-f${index}`,
        inService: true,
      }))
      return { name, group, min, max, desired: machines.length, going: false, machines }
    }),
  }
}

function heardFrom(slaves: number): Map<string, Hearing> {
  return new Map(
    [1, 2, 3].map(seat => [
      `i-l${seat}`,
      hear(undefined, { text: frame(1, leaderReport(seat, slaves)) }, now),
    ]),
  )
}

test('an older report never replaces a newer one', t => {
  const older = frame(6, { ...shared, marathon: { health: false, leader: null } })
  const newer = hear(undefined, { text: frame(7, shared) }, now)
  const after = hear(newer, { text: older }, now + 1_000)
  t.deepEqual(after.newest, newer.newest)
  const rebooted = hear(after, { text: frame(1, shared, { boot: '2-0000abcd' }) }, now + 2_000)
  t.is(rebooted.newest?.sequence, 1)
  t.is(hear(rebooted, { text: frame(9, shared) }, now + 3_000).newest?.bootNumber, 2)
})

test('a report counts for a minute, and whatever the clock of the node, if another one follows', t => {
  const wrong = { time: now / 1_000 - 7_200 }
  const actual = instances(0)
  const green = (hearings: Map<string, Hearing>, at: number) =>
    healthOn(cluster, actual, hearings, at).gates.find(({ name }) => name === 'machines')?.state
  const hearings = heardFrom(0)
  t.is(green(hearings, now + 59_000), 'green')
  t.is(green(hearings, now + 61_000), 'waiting')
  t.is(ageOf(hearings.get('i-l1'), now + 61_000), 61)

  const report = leaderReport(1, 0)
  const doubtful = hear(undefined, { text: frame(4, report, wrong) }, now)
  t.true(isInDoubt(doubtful))
  t.is(ageOf(doubtful, now), undefined)
  t.is(green(new Map([...hearings, ['i-l1', doubtful]]), now), 'waiting')
  const said = healthOn(cluster, actual, new Map([...hearings, ['i-l1', doubtful]]), now).seen[0]?.reason
  t.is(said, 'has stopped reporting; its last report is 120 min old by its own clock')

  const proven = hear(doubtful, { text: frame(5, report, wrong) }, now + 15_000)
  t.false(isInDoubt(proven))
  t.is(green(new Map([...hearings, ['i-l1', proven]]), now + 16_000), 'green')
})

test('the console of every leader is read, and those of followers while the elected master counts too few', t => {
  const actual = instances(40)
  const next = (hearings: Map<string, Hearing>) =>
    nextToRead(cluster, actual, hearings, healthOn(cluster, actual, hearings, now))
  const leaders = ['i-l1', 'i-l2', 'i-l3']
  t.deepEqual(next(heardFrom(40)), leaders)
  t.true(isUp(healthOn(cluster, actual, heardFrom(40), now).gates))

  const hearings = heardFrom(38)
  const round = next(hearings)
  t.deepEqual(round, [...leaders, ...Array.from({ length: 17 }, (_, index) => `i-f${index}`)])
  const agent = (registered: boolean) => ({ health: true, registered, id: null, master: null })
  for (const id of round.slice(3))
    hearings.set(id, hear(undefined, { text: frame(1, { ...shared, agent: agent(id !== 'i-f3') }) }, now))
  t.deepEqual(next(hearings).slice(3), [...Array.from({ length: 17 }, (_, index) => `i-f${index + 17}`)])
  const { gates } = healthOn(cluster, actual, hearings, now)
  const blames = gates.find(({ name }) => name === 'followers')?.blames ?? []
  t.deepEqual(
    blames.filter(({ node }) => node !== '').map(({ node, why }) => [node, why]),
    [['i-f3', 'is not registered']],
  )
})

test('leaders that cannot be heard are no reason for an alarm, but nothing is green', t => {
  const actual = instances(0)
  const standing = (hearings: Map<string, Hearing>) => {
    const health = healthOn(cluster, actual, hearings, now)
    return standingOn(cluster, actual, hearings, { status: statusOf(cluster, new Map(), actual), health })
  }
  t.is(standing(heardFrom(0)), 'whole')
  t.is(standing(new Map()), 'incomplete')
  const denied = hear(undefined, { unreadable: 'not permitted' }, now)
  t.is(standing(new Map(['i-l1', 'i-l2', 'i-l3'].map(id => [id, denied]))), 'incomplete')
  t.false(healthOn(cluster, instances(1), new Map(), now).gates.some(({ state }) => state === 'green'))

  const ill = { text: frame(2, { ...leaderReport(2, 0), master: { ...master, health: false } }) }
  const two = heardFrom(0)
  for (const id of ['i-l2', 'i-l3']) two.set(id, hear(two.get(id), ill, now))
  t.is(standing(two), 'without quorum')
})
