import { whyUnhealthy } from '../health/replaceable.ts'
import type { Observed, RollMachine, RollPool, RollSeat, Tasks } from './observed.ts'
import type { RollStep } from './roll-step.ts'
import { batchOf, surgeOf } from './task-budget.ts'

/** What to roll, and how carefully. */
export interface Scope {
  readonly leaders: boolean
  /** The names of the pools to roll. */
  readonly pools: readonly string[]
  /** The share of running tasks that is kept, such as 0.95. */
  readonly share: number
  /** The running tasks when the roll of each pool began, by the name of the pool. */
  readonly atStart: ReadonlyMap<string, Tasks>
}

/**
 * The steps that would bring a cluster closer to its inventory, in the order in which they are considered. Rules decide
 * whether a step may be taken now.
 */
export function candidates(observed: Observed, scope: Scope): readonly RollStep[] {
  const stepsOf = observed.resize === undefined ? leaderSteps : resizeSteps
  const leaders = scope.leaders ? stepsOf(observed) : []
  if (leaders.length > 0) return leaders
  for (const pool of poolsInOrder(observed, scope)) {
    const step = poolStep(observed, pool, scope)
    if (step !== undefined) return [step]
  }
  return []
}

/**
 * Seats that must be changed. Unhealthy ones are first, because they may be why others must wait, and then those whose
 * machines are at risk.
 */
export function outdatedSeats({ seats, seen, expected }: Observed): readonly RollSeat[] {
  const rank = ({ name, atRisk }: RollSeat) => {
    const node = seen.find(one => one.name === name)
    if (node === undefined || whyUnhealthy(node, expected) !== undefined) return 0
    return atRisk ? 1 : 2
  }
  return seats.filter(({ change }) => change !== 'nothing').toSorted((a, b) => rank(a) - rank(b))
}

function leaderSteps(observed: Observed): readonly RollStep[] {
  return outdatedSeats(observed).map(({ name, change }) => ({
    does: change === 'user data' ? 'reconfigure' : 'replace',
    node: name,
  }))
}

/** The pools to roll: first one that a roll has begun to change, then those with machines at risk. */
export function poolsInOrder({ pools }: Observed, scope: Scope): readonly RollPool[] {
  const rank = ({ enlarged, machines }: RollPool) =>
    enlarged ? 0 : machines.some(({ atRisk }) => atRisk) ? 1 : 2
  return pools.filter(({ name }) => scope.pools.includes(name)).toSorted((a, b) => rank(a) - rank(b))
}

/**
 * Starts what is stopped, ends surplus seats, sets the number of leaders on the others, and launches new ones. Rules decide
 * on the order.
 */
function resizeSteps(observed: Observed): readonly RollStep[] {
  const stopped = observed.seats.filter(one => one.stopped && !one.surplus)
  return [
    ...stopped.map(({ name }) => ({ does: 'start', node: name }) as const),
    ...surplusSeats(observed).map(({ name }) => ({ does: 'end', node: name }) as const),
    ...outdatedSeats(observed).map(({ name }) => ({ does: 'reconfigure', node: name }) as const),
    ...missingSeats(observed).map(({ name }) => ({ does: 'add', node: name }) as const),
  ]
}

/** The machines that end when the number of leaders becomes smaller, highest seat first. */
export function surplusSeats({ seats }: Observed): readonly RollSeat[] {
  return seats.filter(({ surplus, holders }) => surplus && holders.length > 0).toReversed()
}

/** The seats that have no machine yet. */
export function missingSeats({ seats }: Observed): readonly RollSeat[] {
  return seats.filter(({ surplus, holders }) => !surplus && holders.length === 0)
}

/** Whether a pool has anything to do in a rolling update. */
export function isOutdated({ machines, proven, enlarged }: RollPool): boolean {
  return !proven || enlarged || machines.some(({ current, canary }) => !current || canary)
}

function poolStep(observed: Observed, pool: RollPool, { share, atStart }: Scope): RollStep | undefined {
  const { name, size, proven, machines } = pool
  const canaries = machines.filter(({ canary }) => canary)
  const [canary] = canaries.filter(({ current }) => current)
  // Canaries of an earlier roll, whose settings are not those of the inventory any longer or already proven.
  const stale = canaries.filter(one => one !== canary || proven)
  if (stale.length > 0) return { does: 'dismiss', pool: name, machines: stale.map(one => one.name) }
  if (canary !== undefined) return { does: 'promote', pool: name, machine: canary.name }
  if (!proven)
    return size === 0 ? { does: 'promote', pool: name, machine: undefined } : { does: 'canary', pool: name }
  const old = machines.filter(({ current }) => !current)
  if (old.length === 0) return pool.enlarged ? { does: 'settle', pool: name } : undefined
  const surge = surgeOf(pool, share)
  if (pool.desired < size + surge) return { does: 'surge', pool: name, machines: size + surge }
  const current = machines.length - old.length
  const batch = Math.max(1, Math.min(surge, batchOf(observed.tasks, atStart.get(name), share)))
  // Machines that are not registered run no tasks.
  const rank = ({ atRisk, registered }: RollMachine) => (atRisk ? 0 : 2) + Number(registered)
  const next = old.toSorted((a, b) => rank(a) - rank(b)).slice(0, batch)
  const replaced = Math.min(next.length, Math.max(0, size - current))
  return { does: 'take', pool: name, machines: next.map(one => one.name), replaced }
}
