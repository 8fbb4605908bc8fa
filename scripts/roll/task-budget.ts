import type { RollPool, Tasks } from './observed.ts'

/**
 * How many machines a pool gets in addition to its size while it is rolled, which is also the largest number that is
 * terminated at a time.
 *
 * @param share the share of tasks that keep running, such as 0.95
 */
export function surgeOf({ size, machines }: Pick<RollPool, 'size' | 'machines'>, share: number): number {
  const old = machines.filter(({ current }) => !current).length
  // 0.05 × 100 is 5.000000000000004 as 100 × (1 − 0.95).
  return Math.min(Math.max(1, Math.floor(size * (1 - share) + 1e-9)), Math.max(1, old))
}

/** The number of tasks that must keep running, given those at the start. */
export function floorOf({ running, most }: Tasks, share: number): number {
  return Math.min(Math.ceil(running * share - 1e-9), running - most)
}

/**
 * How many machines may be terminated at a time: one if all tasks of the start run, and more only if the number of
 * tasks cannot fall below the share, whichever machines they are. Zero means to wait until tasks are back.
 *
 * @param atStart the tasks when the roll of the pool began
 */
export function batchOf(now: Tasks | undefined, atStart: Tasks | undefined, share: number): number {
  if (now === undefined || atStart === undefined) return 1
  if (atStart.running === 0) return Number.POSITIVE_INFINITY
  const spare = now.running - Math.ceil(atStart.running * share - 1e-9)
  // The number of tasks on an agent is less recent than their sum.
  const several = now.most === 0 ? 0 : Math.floor(spare / now.most)
  return Math.max(several, now.running >= atStart.running ? 1 : 0)
}
