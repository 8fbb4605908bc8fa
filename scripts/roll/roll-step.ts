/** A step of a rolling update. After each step, the cluster is observed again and the next step is determined. */
export type RollStep = LeaderStep | PoolStep

/**
 * Changes the machine of a seat: with its disk, or by terminating it and launching another one. While the number of
 * leaders changes, also starts a stopped machine as it is, launches the machine of a new seat, or ends one for good.
 */
export interface LeaderStep {
  readonly does: 'reconfigure' | 'replace' | 'start' | 'add' | 'end'
  readonly node: string
}

export type PoolStep =
  /** Starts one machine with the settings of the inventory. */
  | { readonly does: 'canary'; readonly pool: string }
  /** Takes machines away that were started to prove settings. */
  | { readonly does: 'dismiss'; readonly pool: string; readonly machines: readonly string[] }
  /** Makes the canary a machine of the pool, and its settings those of the machines that are started from now on. */
  | { readonly does: 'promote'; readonly pool: string; readonly machine: string | undefined }
  /** Raises the number of machines. */
  | { readonly does: 'surge'; readonly pool: string; readonly machines: number }
  /** Terminates machines; some of them are replaced. */
  | {
      readonly does: 'take'
      readonly pool: string
      readonly machines: readonly string[]
      readonly replaced: number
    }
  /** Restores the size and the bounds of the pool. */
  | { readonly does: 'settle'; readonly pool: string }

/** A step in words, for progress and the lock: `replace c1-leader-2`. */
export function sayStep(step: RollStep): string {
  switch (step.does) {
    case 'reconfigure':
      return `change ${step.node} in place`
    case 'replace':
      return `replace ${step.node}`
    case 'start':
      return `start ${step.node}`
    case 'add':
      return `launch ${step.node}`
    case 'end':
      return `end ${step.node} for good`
    case 'canary':
      return `start a canary for ${step.pool}`
    case 'dismiss':
      return `take away ${step.machines.join(', ')} from ${step.pool}`
    case 'promote':
      return `use the settings of the canary for ${step.pool}`
    case 'surge':
      return `raise ${step.pool} to ${step.machines} machines`
    case 'take':
      return `${step.replaced > 0 ? 'replace' : 'remove'} ${step.machines.join(', ')} of ${step.pool}`
    case 'settle':
      return `restore the size of ${step.pool}`
  }
}
