import { electedIn } from '../health/elected.ts'
import { missingSeats, outdatedSeats, type Scope, surplusSeats } from './candidates.ts'
import type { Observed, Resize } from './observed.ts'
import { type Interruption, interruptionOf } from './resize.ts'
import { type RollPlan, rollPlan } from './roll-plan.ts'

/** What a change of the number of leaders will do. */
export interface ResizePlan extends Resize {
  readonly leaders: readonly ResizedLeader[]
  readonly pools: RollPlan['pools']
  readonly tasks: RollPlan['tasks']
  readonly interruption: Interruption
  /** How long it takes, in minutes, if every node comes up as usual. */
  readonly minutes: number
}

export interface ResizedLeader {
  readonly name: string
  readonly does: 'end' | 'reconfigure' | 'add'
  readonly elected: boolean
}

/** Whether nothing has to be done. */
export function isUnchanged({ from, to, leaders, pools }: ResizePlan): boolean {
  return from === to || (leaders.length === 0 && pools.length === 0)
}

/** How long a step usually takes, in minutes. */
const usual = { end: 1, reconfigure: 1, add: 1 } as const

/** Everything that a change of the number of leaders will do, in this order. */
export function resizePlan(observed: Observed, resize: Resize, scope: Scope): ResizePlan {
  const elected = electedIn(observed.seen).map(({ name }) => name)
  const planned = (does: ResizedLeader['does'], seats: Observed['seats']) =>
    seats
      .map(({ name }) => ({ name, does, elected: elected.includes(name) }))
      .toSorted((a, b) => Number(a.elected) - Number(b.elected))
  const leaders = [
    ...planned('end', surplusSeats(observed)),
    ...planned('reconfigure', outdatedSeats(observed)),
    ...planned('add', missingSeats(observed)),
  ]
  const { pools, tasks, minutes } = rollPlan(observed, { ...scope, leaders: false })
  return {
    ...resize,
    leaders,
    pools,
    tasks,
    interruption: interruptionOf(resize),
    minutes: leaders.reduce((sum, { does }) => sum + usual[does], minutes),
  }
}
