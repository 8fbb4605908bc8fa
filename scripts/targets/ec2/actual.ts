import type { Agreed } from '../../cluster/agreed.ts'
import type { Opening, Role } from '../../cluster/firewall.ts'
import type * as machines from '../../plan/machines.ts'
import type { Held } from '../../roll/held.ts'
import type { Claim } from './claim.ts'

/** What exists on EC2 for a cluster, found by its tags. This is the only record of the cluster's state. */
export interface Actual extends ActualMachines {
  /**
   * What the nodes have agreed on. Undefined before the first launch, or if a release without claims launched the
   * cluster.
   */
  readonly claim: Claim | undefined
  /** If leaders run without a claim: the agreed values, read from their user data. */
  readonly unclaimed: Agreed['values'] | undefined
  /** The network interfaces that were created for seats. */
  readonly interfaces: readonly ActualInterface[]
  readonly securityGroups: readonly ActualSecurityGroup[]
  /** State of the instance profile that mesos-bakery creates. `foreign`: it has our name, but not our tags. */
  readonly instanceProfile: 'missing' | 'incomplete' | 'complete' | 'foreign'
  readonly launchTemplates: readonly ActualTemplate[]
  /** Who is rolling the cluster. */
  readonly rolling?: Held | undefined
  /** The lifecycle hooks of pools that the inventory names. */
  readonly hooks: readonly ActualHook[]
  /** The keys of the user data stored in the bucket. */
  readonly bodies: readonly string[]
}

/** The instances of a cluster: those of its seats, and its pools with theirs. */
export interface ActualMachines {
  readonly machines: readonly SeatMachine[]
  readonly pools: readonly ActualPool[]
}

/** A network interface that was created for a seat, attached or not. */
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
  /** Hash of the content of the newest version; undefined if the version was not created by mesos-bakery. */
  readonly hash: string | undefined
  readonly securityGroupIds: readonly string[]
}

/** The lifecycle hook of a pool that lets leaders drain its instances. */
export interface ActualHook {
  readonly pool: string
  /** In seconds. */
  readonly heartbeat: number | undefined
  readonly metadata: string | undefined
  /** Whether other hooks still run if no leader answers. */
  readonly continues: boolean
}

/** An instance that holds a leader's seat, or held it until recently. */
export interface SeatMachine extends machines.SeatMachine {
  readonly instanceType: string
  /** Its subnet and the resources that belong to it. Undefined if its volumes were not queried. */
  readonly placement?: Placement | undefined
}

/** The subnet of a leader's instance on EC2, and the resources that belong to it. */
export interface Placement {
  readonly subnet: string | undefined
  readonly keyName: string | undefined
  /** In GiB. Undefined if the volume has no tags. */
  readonly rootVolumeGb: number | undefined
  readonly tags: Readonly<Record<string, string>>
  /** Its volumes and its network interface, which carry the same tags. */
  readonly parts: readonly string[]
}

/** An instance of a cluster that holds no seat and is in no pool, for example one that was detached from its pool. */
export interface Stray {
  readonly id: string
  readonly name: string
}

export interface ActualPool extends machines.ActualPool {
  readonly subnets: readonly string[]
  readonly template: string | undefined
  /** The version of the launch template that new instances are started from: `3`, `$Latest` or `$Default`. */
  readonly pin?: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly machines: readonly PoolMachine[]
}

export interface PoolMachine extends machines.PoolMachine {
  readonly templateVersion: number | undefined
  /** Whether it is being terminated or detached. */
  readonly leaving?: boolean
}

/** An instance that was started to prove a version of a launch template, and is not in its pool. */
export interface Canary {
  readonly id: string
  readonly group: string
  readonly version: number
  readonly running: boolean
}

/** An account in which nothing of the cluster exists. */
export const nothing: Actual = {
  claim: undefined,
  unclaimed: undefined,
  interfaces: [],
  securityGroups: [],
  instanceProfile: 'missing',
  launchTemplates: [],
  hooks: [],
  bodies: [],
  machines: [],
  pools: [],
}
