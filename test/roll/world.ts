import { gatesOf } from '../../scripts/health/gates.ts'
import type { Report } from '../../scripts/health/report.ts'
import type { Expected, Seen } from '../../scripts/health/seen.ts'
import type { Observed, RollPool } from '../../scripts/roll/observed.ts'
import { emptyReport } from '../harness/sample.ts'

// A model of a cluster: its seats with their masters' logs and their votes in ZooKeeper and Consul, and one pool with its
// tasks. It knows what the parts do, and nothing about the planner.

export interface Leader {
  readonly id: number
  version: number
  running: boolean
  /** An empty replica catches up from a quorum of voting ones (Mesos, recover.cpp). */
  log: 'empty' | 'voting'
  /** Whether its ZooKeeper server is down, for example because someone stopped it. */
  zookeeperDown: boolean
  synced: boolean
  vote: boolean
  /** Whether EC2 will retire its machine. Another machine, or the same after a stop and a start, is not at risk. */
  atRisk: boolean
}

export interface Follower {
  readonly id: number
  version: number
  registered: boolean
  tasks: number
  canary: boolean
  atRisk: boolean
}

export interface World {
  readonly leaders: number
  /** The machines of each seat. There must never be two. */
  readonly seats: Leader[][]
  elected: number | undefined
  pool: { pin: number; size: number; desired: number; recorded: number | undefined; machines: Follower[] }
  /** Followers that are drained: their tasks run until their time. */
  ending: { id: number; tasks: number; until: number }[]
  /** The version that the inventory describes, and the versions with which no node comes up. */
  wanted: number
  readonly bad: Set<number>
  /** Tasks that frameworks will start again. */
  waiting: number
  lock: { holder: number; alive: number } | undefined
  now: number
  ids: number
}

export const quorumOf = ({ leaders }: World) => (leaders + 1) / 2

export function newWorld(leaders: number, followers: number): World {
  let ids = 0
  const next = () => {
    ids += 1
    return ids
  }
  const seats = Array.from({ length: leaders }, (): Leader[] => [
    { ...voter, id: next(), version: 1, running: true },
  ])
  const machines = Array.from(
    { length: followers },
    (): Follower => ({ ...newFollower(next(), 1), registered: true, tasks: 5 }),
  )
  return {
    leaders,
    seats,
    elected: 0,
    pool: { pin: 1, size: followers, desired: followers, recorded: undefined, machines },
    ending: [],
    wanted: 1,
    bad: new Set(),
    waiting: 0,
    lock: undefined,
    now: 0,
    ids,
  }
}

const voter = { log: 'voting', zookeeperDown: false, synced: true, vote: true, atRisk: false } as const

/** A follower that has just been started. */
export function newFollower(id: number, version: number): Follower {
  return { id, version, registered: false, tasks: 0, canary: false, atRisk: false }
}

export function nextId(world: World): number {
  world.ids += 1
  return world.ids
}

const works = (world: World, one: Leader) => one.running && !world.bad.has(one.version)

/** The numbers of the seats that count in a majority. */
function voting(world: World, counts: (one: Leader) => boolean): number {
  return world.seats.flat().filter(one => works(world, one) && counts(one)).length
}

export const hasLog = (world: World) => voting(world, one => one.log === 'voting') >= quorumOf(world)
export const hasZookeeper = (world: World) => voting(world, one => !one.zookeeperDown) >= quorumOf(world)
export const hasVotes = (world: World) => voting(world, one => one.vote) >= quorumOf(world)
const sumOf = (all: readonly { readonly tasks: number }[]) => all.reduce((sum, { tasks }) => sum + tasks, 0)
export const runningTasks = ({ pool, ending }: World) => sumOf(pool.machines) + sumOf(ending)
export const endingTasks = ({ ending }: World) => sumOf(ending)

/** Some time passes: what was started comes up, as far as the others allow it. */
export function pass(world: World): void {
  world.now += 1
  const [log, zookeeper, votes] = [hasLog(world), hasZookeeper(world), hasVotes(world)]
  for (const one of world.seats.flat()) {
    if (!works(world, one)) {
      Object.assign(one, { synced: false })
      continue
    }
    one.synced = zookeeper && !one.zookeeperDown
    if (zookeeper && log) one.log = 'voting'
    if (votes) one.vote = true
  }
  elect(world)
  startFollowers(world)
  // Frameworks start these tasks again later.
  const over = world.ending.filter(({ until }) => until <= world.now)
  world.waiting += sumOf(over)
  world.ending = world.ending.filter(one => !over.includes(one))
}

function elect(world: World): void {
  const electable = (seat: number | undefined) =>
    world.seats[seat ?? -1]?.some(one => works(world, one) && one.synced && one.log === 'voting') === true
  if (electable(world.elected)) return
  const found = world.seats.findIndex((_, seat) => electable(seat))
  world.elected = found < 0 ? undefined : found
}

function startFollowers(world: World): void {
  const { pool } = world
  const own = () => pool.machines.filter(({ canary }) => !canary).length
  while (own() < pool.desired) pool.machines.push(newFollower(nextId(world), pool.pin))
  for (const one of pool.machines)
    if (world.elected !== undefined && !world.bad.has(one.version)) one.registered = true
  const [first, ...others] = pool.machines.filter(({ registered }) => registered)
  if (first === undefined || world.elected === undefined) return
  // Frameworks start tasks on the agents that have the fewest.
  for (; world.waiting > 0; world.waiting -= 1) {
    const emptiest = others.reduce((a, b) => (b.tasks < a.tasks ? b : a), first)
    emptiest.tasks += 1
  }
}

/** Ends a follower. Frameworks start its tasks again. */
export function endFollower(world: World, id: number): void {
  const { pool } = world
  const one = pool.machines.find(machine => machine.id === id)
  if (one === undefined) return
  world.waiting += one.tasks
  pool.machines = pool.machines.filter(machine => machine !== one)
}

/** Begins to drain a follower. Its tasks get some time to stop. */
export function drainFollower(world: World, id: number): void {
  const { pool } = world
  const one = pool.machines.find(machine => machine.id === id)
  if (one === undefined) return
  world.ending.push({ id, tasks: one.tasks, until: world.now + 2 })
  pool.machines = pool.machines.filter(machine => machine !== one)
}

export const nameOf = (seat: number) => `seat-${seat + 1}`

/** What a target reports of the cluster to someone whose inventory describes the wanted version. */
export function observe(world: World, wanted: number): Observed {
  const expected: Expected = {
    leaders: world.leaders,
    followers: world.pool.machines.filter(({ canary }) => !canary).length,
    quorum: quorumOf(world),
    zookeeper: true,
    marathon: false,
  }
  const leaders = world.seats.map((_, seat) => seenLeader(world, seat))
  const followers = world.pool.machines.map(one => seenFollower(world, one))
  const counted = [...leaders, ...followers.filter((_, index) => world.pool.machines[index]?.canary !== true)]
  return {
    seats: world.seats.map((machines, seat) => ({
      name: nameOf(seat),
      holders: machines.map(({ id }) => String(id)),
      change: changeOf(world, wanted, machines[0]),
      reasons: [],
      atRisk: machines[0]?.atRisk === true,
    })),
    pools: [poolOf(world, wanted)],
    seen: counted,
    gates: gatesOf(counted, expected),
    expected,
    tasks: {
      running: runningTasks(world),
      most: Math.max(0, ...world.pool.machines.map(({ tasks }) => tasks)),
    },
  }
}

/** Every second version differs in its user data alone. A single leader cannot get another machine. */
function changeOf({ leaders }: World, wanted: number, one: Leader | undefined) {
  if (one === undefined || (one.version === wanted && one.running && !one.atRisk)) return 'nothing'
  return leaders === 1 || one.version === wanted || wanted % 2 === 0 ? 'user data' : 'machine'
}

function poolOf({ pool, ending }: World, wanted: number): RollPool {
  return {
    name: 'pool',
    size: pool.recorded ?? pool.desired,
    desired: pool.desired,
    proven: pool.pin === wanted,
    enlarged: pool.recorded !== undefined,
    reasons: [],
    ending: ending.map(({ id }) => String(id)),
    machines: pool.machines.map(({ id, version, registered, canary, atRisk }) => ({
      name: String(id),
      current: version === wanted && !atRisk,
      registered,
      canary,
      atRisk,
    })),
  }
}

const serversOf = (world: World) =>
  world.seats.flat().flatMap(one => (works(world, one) ? [String(one.id)] : []))

function seenLeader(world: World, seat: number): Seen {
  const one = world.seats[seat]?.[0]
  const name = nameOf(seat)
  const base = { name, leads: true, follows: false, reason: undefined } as const
  if (one === undefined) return { ...base, state: 'missing', report: undefined }
  if (!one.running) return { ...base, state: 'ended', report: undefined }
  const healthy = !world.bad.has(one.version)
  const elected = world.elected === seat
  const zookeepers = world.seats.flat().filter(other => other.synced)
  const leads = zookeepers[0] === one
  const report: Report = {
    ...emptyReport,
    consul: {
      servers: serversOf(world),
      leader: healthy && hasVotes(world) ? 'x' : null,
      voters: voting(world, other => other.vote),
    },
    zookeeper: {
      mode: one.synced ? (leads ? 'leader' : 'follower') : null,
      synced_followers: leads ? zookeepers.length - 1 : null,
    },
    master: {
      health: healthy,
      leader: world.elected === undefined ? null : String(world.elected),
      elected,
      quorum: quorumOf(world),
      recovered: one.log === 'voting',
      slaves: elected ? world.pool.machines.filter(({ registered }) => registered).length : null,
    },
  }
  return { ...base, state: 'running', report }
}

function seenFollower(world: World, { id, registered }: Follower): Seen {
  const report: Report = {
    ...emptyReport,
    consul: { servers: serversOf(world), leader: 'x', voters: null },
    agent: { health: registered, registered, id: null, master: null },
  }
  return { name: String(id), leads: false, follows: true, state: 'running', reason: undefined, report }
}
