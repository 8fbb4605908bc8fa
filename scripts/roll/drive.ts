import type { Scope } from './candidates.ts'
import { candidates, isOutdated } from './candidates.ts'
import { nextStep } from './next-step.ts'
import type { Observed, Tasks } from './observed.ts'
import type { Objection } from './roll-rules.ts'
import type { RollStep } from './roll-step.ts'

/** What a rolling update acts through. */
export interface Roller {
  /** Observes the cluster. Only reports count that are written after the call. */
  readonly observe: () => Promise<Observed>
  readonly act: (step: RollStep) => Promise<void>
  /** The last log lines of a node that explain why it does not come up. */
  readonly logOf: (node: string) => Promise<string>
}

/** How a rolling update is run. */
export interface Driving {
  readonly clock: { readonly now: () => number; readonly sleep: (ms: number) => Promise<void> }
  /** How long a node may take to come up, in milliseconds. */
  readonly timeout: number
  /** Throws if this process may not go on, because another one has taken the update over. */
  readonly check: (step: RollStep) => Promise<void>
  readonly tell: (event: RollEvent) => void
}

export type RollEvent =
  | { readonly at: 'started' | 'done'; readonly step: RollStep }
  | { readonly at: 'waiting'; readonly by: Objection }

/** How a rolling update ended. */
export type RollEnd =
  | { readonly end: 'done'; readonly steps: number }
  | { readonly end: 'stopped'; readonly steps: number; readonly by: Objection; readonly log: string }

/**
 * Carries out a rolling update: observes, determines the next step, carries it out, and begins again. Stops at the
 * first node that does not come up in time, and leaves all other nodes unchanged. A canary that does not come up is
 * taken away.
 */
export async function drive(
  roller: Roller,
  scope: Omit<Scope, 'atStart'>,
  { clock, timeout, check, tell }: Driving,
): Promise<RollEnd> {
  const atStart = new Map<string, Tasks>()
  let steps = 0
  const carryOut = async (step: RollStep) => {
    await check(step)
    tell({ at: 'started', step })
    await roller.act(step)
    tell({ at: 'done', step })
    steps += 1
  }
  for (let began = clock.now(); ; ) {
    const observed = await roller.observe()
    rememberTasks(observed, { ...scope, atStart }, atStart)
    const next = nextStep(observed, { ...scope, atStart })
    if (next.is === 'done') return { end: 'done', steps }
    if (next.is === 'step') {
      await carryOut(next.step)
      began = clock.now()
      continue
    }
    const { by, step } = next
    tell({ at: 'waiting', by })
    if (by.isLimited) began = clock.now()
    if (!by.passes || clock.now() - began > timeout) {
      const log = by.node === '' ? '' : await roller.logOf(by.node)
      if (step?.does === 'promote' && step.machine !== undefined)
        await carryOut({ does: 'dismiss', pool: step.pool, machines: [step.machine] })
      return { end: 'stopped', steps, by, log }
    }
    await clock.sleep(1_000)
  }
}

/** Remembers the running tasks when the roll of a pool begins. */
function rememberTasks({ tasks, ...observed }: Observed, scope: Scope, atStart: Map<string, Tasks>): void {
  if (tasks === undefined) return
  const [first] = candidates({ tasks, ...observed }, scope)
  if (first === undefined || 'node' in first || atStart.has(first.pool)) return
  const pool = observed.pools.find(({ name }) => name === first.pool)
  if (pool !== undefined && isOutdated(pool)) atStart.set(first.pool, tasks)
}
