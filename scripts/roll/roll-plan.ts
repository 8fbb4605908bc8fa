import { electedIn } from '../health/elected.ts'
import { isOutdated, outdatedSeats, poolsInOrder, type Scope } from './candidates.ts'
import type { Observed, RollPool } from './observed.ts'
import { floorOf, surgeOf } from './task-budget.ts'

/** What a rolling update will do, as far as this is known before it begins. */
export interface RollPlan {
  readonly leaders: readonly PlannedLeader[]
  readonly pools: readonly PlannedPool[]
  /** The running tasks, and how many of them must keep running. Undefined if the number is not known. */
  readonly tasks: { readonly running: number; readonly kept: number } | undefined
  /** How long it takes, in minutes, if every node comes up as usual. */
  readonly minutes: number
}

export interface PlannedLeader {
  readonly name: string
  readonly does: 'reconfigure' | 'replace'
  readonly reasons: readonly string[]
  readonly elected: boolean
}

export interface PlannedPool {
  readonly name: string
  readonly canary: boolean
  /** How many machines are replaced, and how many at a time. */
  readonly machines: number
  readonly atATime: number
  /** The number of machines that it has at the most, including the canary. */
  readonly most: number
  readonly reasons: readonly string[]
}

/** How long a step usually takes, in minutes: until a machine has booted and its daemons have joined the others. */
const usual = { reconfigure: 1, replace: 2, batch: 2 } as const

/** Everything that a rolling update will change, in this order. */
export function rollPlan(observed: Observed, scope: Scope): RollPlan {
  const elected = electedIn(observed.seen).map(({ name }) => name)
  const seats = scope.leaders ? outdatedSeats(observed) : []
  const leaders = seats.map(({ name, change, reasons }): PlannedLeader => {
    const does = change === 'user data' ? 'reconfigure' : 'replace'
    return { name, does, reasons, elected: elected.includes(name) }
  })
  const inOrder = leaders.toSorted((a, b) => Number(a.elected) - Number(b.elected))
  const outdated = poolsInOrder(observed, scope).filter(isOutdated)
  const pools = outdated.map(pool => plannedPool(pool, scope))
  const { tasks } = observed
  return {
    leaders: inOrder,
    pools,
    tasks: tasks && { running: tasks.running, kept: floorOf(tasks, scope.share) },
    minutes:
      leaders.reduce((sum, { does }) => sum + usual[does], 0) +
      pools.reduce(
        (sum, { canary, machines, atATime }) =>
          sum + usual.batch * (Number(canary) + Math.ceil(machines / atATime)),
        0,
      ),
  }
}

function plannedPool(pool: RollPool, { share }: Scope): PlannedPool {
  const old = pool.machines.filter(({ current }) => !current)
  const atATime = surgeOf(pool, share)
  return {
    name: pool.name,
    canary: !pool.proven && pool.size > 0,
    machines: old.length,
    atATime,
    most: old.length === 0 ? pool.desired : Math.max(pool.desired, pool.size + atATime),
    reasons: pool.reasons,
  }
}

/** Whether a rolling update has nothing to do. */
export function isEmpty({ leaders, pools }: RollPlan): boolean {
  return leaders.length === 0 && pools.length === 0
}
