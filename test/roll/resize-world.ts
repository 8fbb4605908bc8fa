import { gatesOf } from '../../scripts/health/gates.ts'
import type { Report } from '../../scripts/health/report.ts'
import type { Expected, Seen } from '../../scripts/health/seen.ts'
import type { Observed, Resize, RollSeat } from '../../scripts/roll/observed.ts'
import { stageOf } from '../../scripts/roll/resize.ts'
import { emptyReport } from '../harness/sample.ts'

// A model of leaders whose number changes: their masters' logs, ZooKeeper servers with different lists, and Consul's
// votes. It knows what the parts do, and nothing about the planner.

export interface Leader {
  readonly id: number
  /** The number of leaders in its user data, which is the length of its list of servers. */
  leaders: number
  running: boolean
  /** How long it still boots. Infinite if cloud-init has failed. */
  boot: number
  log: 'empty' | 'voting'
  /** Whether its log has the last write. */
  has: boolean
  serves: boolean
}

export interface World {
  readonly seats: (Leader | undefined)[]
  elected: number | undefined
  /** The seat whose ZooKeeper server leads. */
  zookeeper: number | undefined
  /** The IDs of the servers that Consul counts. */
  readonly peers: Set<number>
  record: Resize | undefined
  ids: number
}

export class Broken extends Error {}

export type Random = (below: number) => number

const quorumOf = (leaders: number) => (leaders + 1) / 2

export function newLeader(world: World, leaders: number): Leader {
  world.ids += 1
  return { id: world.ids, leaders, running: true, boot: 2, log: 'empty', has: false, serves: false }
}

export function newWorld(leaders: number): World {
  const world: World = {
    seats: [],
    elected: 0,
    zookeeper: 0,
    peers: new Set(),
    record: undefined,
    ids: 0,
  }
  for (let seat = 0; seat < leaders; seat += 1) {
    const one = newLeader(world, leaders)
    Object.assign(one, { boot: 0, log: 'voting', has: true, serves: true })
    world.seats.push(one)
    world.peers.add(one.id)
  }
  return world
}

export const isAlive = (one: Leader | undefined): one is Leader => one?.running === true && one.boot === 0

export const presentIn = (world: World) => world.seats.flatMap(one => one ?? [])

function aliveIn(world: World): readonly (readonly [seat: number, one: Leader])[] {
  return world.seats.flatMap((one, seat) => (isAlive(one) ? [[seat, one] as const] : []))
}

/** Some time passes: what was started comes up, as far as the others allow it. */
export function pass(world: World, random: Random): void {
  for (const one of presentIn(world)) {
    if (one.running && one.boot > 0) one.boot -= 1
    one.serves = isAlive(one) && one.serves
  }
  keepZookeeper(world, random)
  keepLog(world, random)
  keepVotes(world)
}

function keepZookeeper(world: World, random: Random): void {
  const alive = aliveIn(world)
  const serving = alive.filter(([, { serves }]) => serves)
  const leading = world.seats[world.zookeeper ?? -1]
  const counted = serving.filter(([seat]) => seat < (leading?.leaders ?? 0)).length
  if (leading?.serves && counted >= quorumOf(leading.leaders)) {
    // A server joins once a majority by its own list follows the leader.
    for (const [, one] of alive) one.serves ||= serving.length >= quorumOf(one.leaders)
    return
  }
  world.zookeeper = undefined
  for (const [, one] of alive) one.serves = false
  const start = random(Math.max(1, alive.length))
  for (const [seat, one] of [...alive.slice(start), ...alive.slice(0, start)]) {
    const votes = alive.filter(([other]) => other < one.leaders)
    const following = votes.filter(([, { leaders }]) => votes.length >= quorumOf(leaders))
    if (following.length < quorumOf(one.leaders)) continue
    world.zookeeper = seat
    for (const [, other] of following) other.serves = true
    return
  }
}

function keepLog(world: World, random: Random): void {
  const alive = aliveIn(world)
  const voting = alive.filter(([, { log }]) => log === 'voting')
  for (const [, one] of alive)
    if (one.log === 'empty' && voting.length >= quorumOf(one.leaders))
      Object.assign(one, { log: 'voting', has: true })
  const before = world.elected
  const electable = alive.filter(([, { log }]) => log === 'voting')
  const isServed = world.zookeeper !== undefined
  if (!isServed || !electable.some(([seat]) => seat === before))
    world.elected = isServed ? electable[random(Math.max(1, electable.length))]?.[0] : undefined
  const elected = world.seats[world.elected ?? -1]
  if (elected === undefined || voting.length < quorumOf(elected.leaders)) return
  const quorum = quorumOf(elected.leaders)
  // A new coordinator reads from any majority, so each of them must have a replica with the last write.
  const without = voting.filter(([, { has }]) => !has).length
  if (world.elected !== before && without >= quorum)
    throw new Broken(
      `the logs diverge: ${without} of ${voting.length} do not have the last write, quorum ${quorum}`,
    )
  const first = random(voting.length)
  for (const [index, [, one]] of [...voting.slice(first), ...voting.slice(0, first)].entries())
    one.has = index < quorum
}

/** A write that a majority has acknowledged reaches the other replicas that run within the time that reports take. */
export function spread(world: World): void {
  const voting = aliveIn(world).filter(([, { log }]) => log === 'voting')
  const elected = world.seats[world.elected ?? -1]
  if (!isAlive(elected) || voting.length < quorumOf(elected.leaders)) return
  for (const [, one] of voting) one.has = true
}

function keepVotes(world: World): void {
  const alive = aliveIn(world).map(([, { id }]) => id)
  const votes = [...world.peers].filter(id => alive.includes(id)).length
  if (votes < Math.floor(world.peers.size / 2) + 1) return
  for (const id of alive) world.peers.add(id)
  const present = presentIn(world).map(({ id }) => id)
  for (const id of world.peers) if (!present.includes(id)) world.peers.delete(id)
}

export const nameOf = (seat: number) => `seat-${seat + 1}`

/** What a target reports. */
export function observe(world: World, resize: Resize): Observed {
  const last = Math.max(resize.from, resize.to, world.seats.length)
  const seats = Array.from({ length: last }, (_, seat): RollSeat => {
    const one = world.seats[seat]
    const surplus = seat >= resize.to
    return {
      name: nameOf(seat),
      holders: one === undefined ? [] : [`${one.id}`],
      change: one !== undefined && !surplus && one.leaders !== resize.to ? 'user data' : 'nothing',
      reasons: [],
      leaders: one?.leaders,
      stopped: one?.running === false,
      surplus,
    }
  })
  const seen = world.seats.flatMap((one, seat) => (one === undefined ? [] : [seenOf(world, one, seat)]))
  const stage = stageOf(seats, resize, seen)
  const expected: Expected = { ...stage, followers: 0, zookeeper: true, marathon: false }
  return { seats, pools: [], seen, gates: gatesOf(seen, expected), expected, tasks: undefined, resize }
}

function seenOf(world: World, one: Leader, seat: number): Seen {
  return {
    name: nameOf(seat),
    leads: true,
    follows: false,
    state: one.running ? 'running' : 'ended',
    reason: undefined,
    report: one.running ? reportOf(world, one, seat) : undefined,
  }
}

function reportOf(world: World, one: Leader, seat: number): Report {
  const status = one.boot === Number.POSITIVE_INFINITY ? 'error' : 'running'
  if (one.boot > 0) return { ...emptyReport, cloud_init: { status, errors: [] } }
  const alive = aliveIn(world)
  const serving = alive.filter(([, { serves }]) => serves).length
  const votes = alive.filter(([, { id }]) => world.peers.has(id)).length
  const hasVotes = votes >= Math.floor(world.peers.size / 2) + 1
  const leads = world.zookeeper === seat
  const elected = world.elected === seat
  return {
    ...emptyReport,
    consul: { servers: alive.map(([, { id }]) => `${id}`), leader: hasVotes ? 'c' : null, voters: votes },
    zookeeper: {
      mode: one.serves ? (leads ? 'leader' : 'follower') : null,
      synced_followers: leads ? serving - 1 : null,
    },
    master: {
      health: true,
      leader: world.elected === undefined ? null : `${world.elected}`,
      elected,
      quorum: quorumOf(one.leaders),
      recovered: one.log === 'voting',
      slaves: elected ? 0 : null,
    },
  }
}
