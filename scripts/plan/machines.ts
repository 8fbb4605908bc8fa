/** The machines of a cluster, in the form shared by all targets: those of its seats, and its pools with theirs. */
export interface ActualMachines {
  readonly machines: readonly SeatMachine[]
  readonly pools: readonly ActualPool[]
}

/** A machine that holds a leader's seat, or held it until recently. */
export interface SeatMachine {
  readonly id: string
  readonly seat: number
  /** The number of leaders of the cluster that it was launched for. */
  readonly leaders: number | undefined
  readonly state: MachineState
  readonly image: string
  /** The SHA-256 of its user data. */
  readonly userData: string | undefined
  readonly address: string | undefined
  readonly zone?: string | undefined
  /** The reason for its state, in the words of the target. */
  readonly reason: string | undefined
}

export type MachineState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated'

/** The followers of a group. */
export interface ActualPool {
  readonly name: string
  readonly group: string
  readonly min: number
  readonly max: number
  readonly desired: number
  /** Whether it is being deleted. True until the last of its machines is terminated. */
  readonly going: boolean
  /** Why it lacks machines, in the words of the target. */
  readonly trouble?: string | undefined
  readonly machines: readonly PoolMachine[]
}

export interface PoolMachine {
  readonly id: string
  readonly inService: boolean
  readonly zone?: string | undefined
}

/**
 * Whether a machine holds its seat. A terminating machine does not, but its seat stays reserved until it is terminated.
 */
export function holdsSeat({ state }: Pick<SeatMachine, 'state'>): boolean {
  return state !== 'terminated' && state !== 'shutting-down'
}

/** Whether a machine is running or starting. */
export function isRunning({ state }: Pick<SeatMachine, 'state'>): boolean {
  return state === 'running' || state === 'pending'
}
