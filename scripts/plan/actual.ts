import type { Opening, Role } from '../cluster/firewall.ts'

/** What the target says is there, found by its tags. The only record of a cluster's state. */
export interface Actual extends ActualMachines {
  readonly securityGroups: readonly ActualSecurityGroup[]
  /** How much of the instance profile that we make is there. `foreign` has our name, but not our tags. */
  readonly instanceProfile: 'missing' | 'incomplete' | 'complete' | 'foreign'
  readonly launchTemplates: readonly ActualTemplate[]
  /** The keys of the user-data that is kept in the bucket. */
  readonly bodies: readonly string[]
}

/** The machines of a cluster: those of its seats, and its pools with theirs. */
export interface ActualMachines {
  readonly machines: readonly SeatMachine[]
  readonly pools: readonly ActualPool[]
}

export interface ActualSecurityGroup {
  readonly id: string
  readonly vpc: string
  readonly role: Role
  readonly openings: readonly Opening[]
}

export interface ActualTemplate {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly version: number
  /** Hash of what the newest version was made from; another's version has none. */
  readonly hash: string | undefined
  readonly securityGroupIds: readonly string[]
}

/** A machine that holds a leader's seat, or held it a while ago. */
export interface SeatMachine {
  readonly id: string
  readonly seat: number
  /** `N` of the cluster that it was launched for. */
  readonly leaders: number | undefined
  readonly state: MachineState
  readonly image: string
  readonly instanceType: string
  /** sha256 of its user-data. */
  readonly userData: string | undefined
  readonly address: string | undefined
  readonly zone: string | undefined
  /** Why it is in this state, in the target's words. */
  readonly reason: string | undefined
}

/** A machine of a cluster that holds no seat and is in no pool, as one that was detached from its pool. */
export interface Stray {
  readonly id: string
  readonly name: string
}

export type MachineState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated'

export interface ActualPool {
  readonly name: string
  readonly group: string
  readonly min: number
  readonly max: number
  readonly desired: number
  readonly subnets: readonly string[]
  readonly template: string | undefined
  /** Whether it is being deleted, as it is until the last of its machines is gone. */
  readonly going: boolean
  /** Why it lacks machines, in the target's words. */
  readonly trouble?: string | undefined
  readonly machines: readonly PoolMachine[]
}

export interface PoolMachine {
  readonly id: string
  readonly inService: boolean
  readonly templateVersion: number | undefined
  readonly zone: string | undefined
}

/** An account in which nothing of the cluster exists. */
export const nothing: Actual = {
  securityGroups: [],
  instanceProfile: 'missing',
  launchTemplates: [],
  bodies: [],
  machines: [],
  pools: [],
}
