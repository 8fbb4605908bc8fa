import type { Agreed } from '../../cluster/agreed.ts'
import type { Opening, Role } from '../../cluster/firewall.ts'
import type * as machines from '../../plan/machines.ts'
import type { Claim } from './claim.ts'

/** What the target says is there, found by its tags. The only record of a cluster's state. */
export interface Actual extends ActualMachines {
  /** What the cluster has agreed on; nothing before its first launch, or when an earlier release launched it. */
  readonly claim: Claim | undefined
  /** Where nothing is claimed and leaders run: on what they agree, as their user-data says. */
  readonly unclaimed: Agreed['values'] | undefined
  /** The network interfaces that were made for seats. */
  readonly interfaces: readonly ActualInterface[]
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

/** A network interface that was made for a seat, whether a machine has it or not. */
export interface ActualInterface {
  readonly id: string
  readonly seat: number
  readonly subnet: string
  readonly securityGroupIds: readonly string[]
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
export interface SeatMachine extends machines.SeatMachine {
  readonly instanceType: string
  /** Where it is, and what belongs to it; unknown when its volumes weren't asked for. */
  readonly placement?: Placement | undefined
}

/** Where a leader's machine on EC2 is, and what belongs to it. */
export interface Placement {
  readonly subnet: string | undefined
  readonly keyName: string | undefined
  /** In GiB; not known where the volume carries no tags. */
  readonly rootVolumeGb: number | undefined
  readonly tags: Readonly<Record<string, string>>
  /** Its volumes and its network interface, which carry the same tags. */
  readonly parts: readonly string[]
}

/** A machine of a cluster that holds no seat and is in no pool, as one that was detached from its pool. */
export interface Stray {
  readonly id: string
  readonly name: string
}

export interface ActualPool extends machines.ActualPool {
  readonly subnets: readonly string[]
  readonly template: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly machines: readonly PoolMachine[]
}

export interface PoolMachine extends machines.PoolMachine {
  readonly templateVersion: number | undefined
}

/** An account in which nothing of the cluster exists. */
export const nothing: Actual = {
  claim: undefined,
  unclaimed: undefined,
  interfaces: [],
  securityGroups: [],
  instanceProfile: 'missing',
  launchTemplates: [],
  bodies: [],
  machines: [],
  pools: [],
}
