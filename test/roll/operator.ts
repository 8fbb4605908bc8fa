import type { Scope } from '../../scripts/roll/candidates.ts'
import { nextStep } from '../../scripts/roll/next-step.ts'
import type { Observed, Tasks } from '../../scripts/roll/observed.ts'
import type { Rule } from '../../scripts/roll/roll-rules.ts'
import type { LeaderStep, RollStep } from '../../scripts/roll/roll-step.ts'
import {
  drainFollower,
  endFollower,
  endingTasks,
  hasLog,
  hasVotes,
  hasZookeeper,
  nameOf,
  newFollower,
  nextId,
  observe,
  quorumOf,
  runningTasks,
  type World,
} from './world.ts'

// An operator who runs `npm run roll`: the planner of the product, and what its steps do, in parts that can be cut off
// after each of them.

/** What the product does besides the planner. Tests turn one of them off to show what it prevents. */
export interface Habits {
  readonly rules: readonly Rule[]
  /** Reports count only if they were written after the previous step. */
  readonly fresh: boolean
  /** Only one operator rolls at a time. */
  readonly locks: boolean
  /** A machine is terminated before its seat is launched again. */
  readonly terminatesFirst: boolean
}

export class Broken extends Error {}

const share = 0.95
const name = 'pool'

/** A running command: carries out one part of a step at each call. Ends when there is nothing left to do. */
export function* operate(shared: World, me: number, habits: Habits): Generator<string, string> {
  // The inventory is read once, when the command starts.
  const world = withWanted(shared, shared.wanted)
  if (habits.locks) {
    const { lock } = world
    if (lock !== undefined && world.now - lock.alive <= 10) return 'refused'
    world.lock = { holder: me, alive: world.now }
  }
  const atStart = new Map<string, Tasks>()
  let stale: Observed | undefined
  for (let waited = 0; waited < 8; ) {
    if (habits.locks && world.lock?.holder !== me) return 'taken over'
    if (habits.locks) world.lock = { holder: me, alive: world.now }
    const seen = observe(world, world.wanted)
    const observed = habits.fresh ? seen : { ...(stale ?? seen), seats: seen.seats, pools: seen.pools }
    stale = seen
    if (!atStart.has(name) && seen.seats.every(({ change }) => change === 'nothing') && seen.tasks)
      atStart.set(name, seen.tasks)
    const scope: Scope = { leaders: true, pools: [name], share, atStart }
    const next = nextStep(observed, scope, habits.rules)
    if (next.is === 'done') return finish(world, me, 'done')
    if (next.is === 'step') {
      waited = 0
      yield* carryOut(world, next.step, habits, atStart.get(name))
      continue
    }
    // Launch fills an empty seat; the others must have a quorum.
    if (next.by.why === 'has no machine') yield* launchEmpty(world)
    if (waited === 7 && next.step?.does === 'promote' && next.step.machine !== undefined)
      endFollower(world, Number(next.step.machine))
    waited += 1
    yield 'waits'
  }
  return finish(world, me, 'stopped')
}

/** The same world for someone whose inventory describes another version. */
function withWanted(world: World, wanted: number): World {
  return new Proxy(world, { get: (target, key) => (key === 'wanted' ? wanted : Reflect.get(target, key)) })
}

function finish(world: World, me: number, how: string): string {
  if (world.lock?.holder === me) world.lock = undefined
  return how
}

function* carryOut(
  world: World,
  step: RollStep,
  habits: Habits,
  atStart: Tasks | undefined,
): Generator<string> {
  if ('node' in step) return yield* changeLeader(world, step, habits)
  const { pool } = world
  switch (step.does) {
    case 'canary':
      pool.machines.push({ ...newFollower(nextId(world), world.wanted), canary: true })
      return yield 'canary'
    case 'dismiss':
      for (const id of step.machines) endFollower(world, Number(id))
      return yield 'dismiss'
    case 'promote':
      return yield* promote(world, step.machine)
    case 'surge':
      pool.recorded ??= pool.desired
      yield 'recorded'
      pool.desired = step.machines
      return yield 'surge'
    case 'take':
      return yield* take(world, step, atStart)
    case 'settle':
      pool.desired = pool.recorded ?? pool.desired
      while (pool.machines.filter(({ canary }) => !canary).length > pool.desired)
        endFollower(world, pool.machines[0]?.id ?? 0)
      yield 'resized'
      pool.recorded = undefined
      return yield 'settled'
  }
}

function* changeLeader(world: World, { node, does }: LeaderStep, habits: Habits): Generator<string> {
  const seat = world.seats.findIndex((_, index) => nameOf(index) === node)
  const before = [hasLog(world), hasZookeeper(world), hasVotes(world)]
  const [one] = world.seats[seat] ?? []
  const healthy = one?.running === true && one.synced && !world.bad.has(one.version)
  const empty = world.seats.findIndex((machines, index) => index !== seat && machines.length === 0)
  if (empty >= 0) throw new Broken(`${node} is terminated while ${nameOf(empty)} is empty`)
  if (healthy && others(world, seat).length < world.leaders - 1)
    throw new Broken(`${node} is terminated while another leader is not healthy`)
  if (world.elected === seat && healthy && outdated(world).some(other => other !== seat))
    throw new Broken(`${node} is elected and terminated before the others`)
  const atRisk = world.seats.findIndex(([other], index) => index !== world.elected && other?.atRisk === true)
  if (healthy && !one.atRisk && atRisk >= 0)
    throw new Broken(`${node} is changed before ${nameOf(atRisk)}, whose machine is at risk`)
  if (does === 'reconfigure' && one !== undefined) {
    one.running = false
    one.synced = false
    if (world.leaders > 1) refuseLoss(before, world, node)
    yield 'stopped'
    Object.assign(one, { version: world.wanted, atRisk: false })
    yield 'changed'
    one.running = true
    return yield 'started'
  }
  if (habits.terminatesFirst) {
    world.seats[seat] = []
    refuseLoss(before, world, node)
    yield 'terminated'
  }
  if (world.seats[seat]?.length === 0 || !habits.terminatesFirst) launch(world, seat)
  check(world)
  if (!habits.terminatesFirst) world.seats[seat] = world.seats[seat]?.slice(-1) ?? []
  yield 'launched'
}

function refuseLoss(before: readonly boolean[], world: World, node: string): void {
  const after = [hasLog(world), hasZookeeper(world), hasVotes(world)]
  if (before.some((had, index) => had && !after[index])) throw new Broken(`${node} takes a quorum away`)
}

/** The other seats whose leaders take part in every quorum. */
function others(world: World, seat: number): readonly number[] {
  return world.seats.flatMap((machines, index) => {
    const [one] = machines
    const well = one?.running && one.synced && one.log === 'voting' && one.vote && !world.bad.has(one.version)
    return index !== seat && well ? [index] : []
  })
}

function outdated(world: World): readonly number[] {
  return world.seats.flatMap(([one], seat) =>
    one !== undefined && (one.version !== world.wanted || one.atRisk) ? [seat] : [],
  )
}

function launch(world: World, seat: number): void {
  const fresh = { log: 'empty', zookeeperDown: false, synced: false, vote: false, atRisk: false } as const
  world.seats[seat]?.push({ id: nextId(world), version: world.wanted, running: true, ...fresh })
}

/** `npm run launch` fills empty seats one at a time, while a quorum of the others runs. */
function* launchEmpty(world: World): Generator<string> {
  const empty = world.seats.findIndex(machines => machines.length === 0)
  const running = world.seats.flat().filter(one => one.running).length
  if (empty >= 0 && running >= quorumOf(world)) launch(world, empty)
  check(world)
  yield 'launch'
}

function* promote(world: World, id: string | undefined): Generator<string> {
  const { pool } = world
  const canary = pool.machines.find(one => one.id === Number(id))
  if (canary !== undefined) {
    if (!canary.registered) throw new Broken('the settings of a canary that is not registered are used')
    pool.recorded ??= pool.desired
    yield 'recorded'
    canary.canary = false
    pool.desired += 1
    yield 'attached'
  }
  pool.pin = world.wanted
  yield 'pinned'
}

function* take(
  world: World,
  { machines, replaced }: Extract<RollStep, { does: 'take' }>,
  atStart: Tasks | undefined,
): Generator<string> {
  const { pool } = world
  const ids = machines.map(Number)
  const taken = pool.machines.filter(({ id }) => ids.includes(id))
  const before = runningTasks(world) - endingTasks(world)
  const left = pool.machines.filter(({ id, registered }) => registered && !ids.includes(id)).length
  const ill = pool.machines.filter(
    ({ registered, version, atRisk }) => !registered && (version !== world.wanted || atRisk),
  ).length
  const size = pool.recorded ?? pool.desired
  if (left < size - ill) throw new Broken(`only ${left} of ${size} followers are registered`)
  for (const [index, { id }] of taken.entries()) {
    drainFollower(world, id)
    if (index >= replaced) pool.desired -= 1
    yield 'taken'
  }
  if (atStart === undefined) return
  const lost = taken.reduce((sum, { tasks }) => sum + tasks, 0)
  const kept = before - lost >= Math.ceil(atStart.running * share)
  if (lost > 0 && !kept && !(taken.length === 1 && before >= atStart.running))
    throw new Broken(`only ${before - lost} of ${atStart.running} tasks keep running`)
}

/** What may never be, whoever does what. */
export function check(world: World): void {
  const masters = world.seats.flat().filter(one => one.running).length
  if (masters > world.leaders) throw new Broken(`${masters} masters of ${world.leaders}`)
  const twice = world.seats.findIndex(machines => machines.length > 1)
  if (twice >= 0) throw new Broken(`two machines on ${nameOf(twice)}`)
}
