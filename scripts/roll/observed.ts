import type { Gate } from '../health/gate.ts'
import type { Expected, Seen } from '../health/seen.ts'

/** What a rolling update knows about a cluster before each of its steps. */
export interface Observed {
  readonly seats: readonly RollSeat[]
  readonly pools: readonly RollPool[]
  /** The reports of the nodes. A report counts only if it was written after the previous step. */
  readonly seen: readonly Seen[]
  readonly gates: readonly Gate[]
  readonly expected: Expected
  /** The running tasks, according to the elected master. Undefined if it does not report them. */
  readonly tasks: Tasks | undefined
  /** Set while the number of leaders changes. */
  readonly resize?: Resize
}

/** A change of the number of leaders. */
export interface Resize {
  readonly from: number
  readonly to: number
}

export interface Tasks {
  readonly running: number
  /** The number of running tasks on the agent that has the most. */
  readonly most: number
}

export interface RollSeat {
  readonly name: string
  /** The machines that hold the seat. */
  readonly holders: readonly string[]
  /**
   * What must be changed: nothing, something for which a restart with its disk is enough, such as its user data, or
   * something that requires another machine.
   */
  readonly change: 'nothing' | 'user data' | 'machine'
  readonly reasons: readonly string[]
  /** Whether its machine will be retired or fails, so that it is changed before others. */
  readonly atRisk?: boolean
  /** The number of leaders in the user data of its machine. Observed only while that number changes. */
  readonly leaders?: number | undefined
  /** Whether its machine is stopped and can be started again. Observed only while that number changes. */
  readonly stopped?: boolean
  /** Whether the cluster is to have no such seat. */
  readonly surplus?: boolean
}

export interface RollPool {
  readonly name: string
  /** The number of machines that the pool has while it is not rolled. */
  readonly size: number
  /** The number of machines that it is to have now. Some of them may not have been started yet. */
  readonly desired: number
  /** Whether its new machines are started with the settings of the inventory. */
  readonly proven: boolean
  /** Whether a rolling update has changed its size or bounds and has not restored them. */
  readonly enlarged: boolean
  /** Without those that are ending. */
  readonly machines: readonly RollMachine[]
  /** The machines that are ending. Their agents may still be drained, so their tasks may still run. */
  readonly ending: readonly string[]
  readonly reasons: readonly string[]
}

export interface RollMachine {
  readonly name: string
  /** Whether it can stay: its settings are those of the inventory, and it is not at risk. */
  readonly current: boolean
  /** Whether it will be retired or fails, so that it is replaced before others. */
  readonly atRisk?: boolean
  /** Whether it is running and registered with the elected master. */
  readonly registered: boolean
  /** Whether it was started to prove new settings, and the pool does not use them yet. */
  readonly canary: boolean
}
