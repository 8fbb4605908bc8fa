/** The machines of a cluster as every target knows them: those of its seats, and its pools with theirs. */
export interface ActualMachines {
  readonly machines: readonly SeatMachine[]
  readonly pools: readonly ActualPool[]
}

/** A machine that holds a leader's seat, or held it a while ago. */
export interface SeatMachine {
  readonly id: string
  readonly seat: number
  /** `N` of the cluster that it was launched for. */
  readonly leaders: number | undefined
  readonly state: MachineState
  readonly image: string
  /** sha256 of its user-data. */
  readonly userData: string | undefined
  readonly address: string | undefined
  readonly zone?: string | undefined
  /** Why it is in this state, in the target's words. */
  readonly reason: string | undefined
}

export type MachineState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated'

/** Followers of one group. */
export interface ActualPool {
  readonly name: string
  readonly group: string
  readonly min: number
  readonly max: number
  readonly desired: number
  /** Whether it is being deleted, as it is until the last of its machines is gone. */
  readonly going: boolean
  /** Why it lacks machines, in the target's words. */
  readonly trouble?: string | undefined
  readonly machines: readonly PoolMachine[]
}

export interface PoolMachine {
  readonly id: string
  readonly inService: boolean
  readonly zone?: string | undefined
}

/** Whether a machine holds its seat. One that is on its way out doesn't, but its seat waits until it is gone. */
export function holdsSeat({ state }: Pick<SeatMachine, 'state'>): boolean {
  return state !== 'terminated' && state !== 'shutting-down'
}

/** Whether a machine runs, or is about to. */
export function isRunning({ state }: Pick<SeatMachine, 'state'>): boolean {
  return state === 'running' || state === 'pending'
}
