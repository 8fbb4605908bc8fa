import type { Agreed } from '../../cluster/agreed.ts'
import type { Opening, Role } from '../../cluster/firewall.ts'
import type { Target } from '../../inventory/fields.ts'
import type { Claim } from './claim.ts'

/** One thing to do. `needs` names the steps that must be done before it. */
export type Step = Change | Removal

/** One thing to make or to change. */
export type Change = StepBase &
  (
    | WriteClaim
    | MarkFormed
    | StoreUserData
    | CreateSecurityGroup
    | UpdateSecurityGroup
    | CreateInstanceProfile
    | WriteTemplate
    | LaunchSeat
    | UpdateInterface
    | TagSeat
    | WritePool
  )

export interface StepBase {
  /** Unique in its plan. */
  readonly id: string
  readonly needs: readonly string[]
  /** Set when it is done even though another step has failed, if those that it needs are done. */
  readonly afterFailure?: true
}

/** Records what the cluster agrees on, with the network interfaces that hold its seats. */
interface WriteClaim {
  readonly action: 'create' | 'update'
  readonly kind: 'claim'
  readonly name: string
  readonly agreed: Agreed
  /** What the claim follows; nothing when it is the first. */
  readonly follows: Claim | undefined
  /** The network interfaces that seats have already, by the number of the seat. */
  readonly keeps: Readonly<Record<number, string>>
  /** The seats that get a new network interface. */
  readonly seats: readonly SeatInterface[]
  /** Network interfaces that no machine may start with any more. */
  readonly retires: readonly string[]
  /** Leaders of an earlier release, which didn't protect them from being terminated by mistake. */
  readonly protects: readonly string[]
}

/** Where a seat is in the network. */
export interface SeatInterface {
  readonly name: string
  readonly seat: number
  readonly subnet: string
  readonly roles: readonly Role[]
  /** Those of the user's own. */
  readonly securityGroups: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

/** Marks on the claim that every seat has had its machine. */
interface MarkFormed {
  readonly action: 'update'
  readonly kind: 'formation'
  readonly name: string
}

/** Puts a seat's network interface into other security groups, the machine that runs with it included. */
interface UpdateInterface {
  readonly action: 'update'
  readonly kind: 'network interface'
  readonly name: string
  readonly target: string
  readonly roles: readonly Role[]
  readonly securityGroups: readonly string[]
  /** What is different from now, in words. */
  readonly changes: readonly string[]
}

/** Gives a leader's machine the inventory's tags, and all that belongs to it. */
interface TagSeat {
  readonly action: 'update'
  readonly kind: 'tags'
  readonly name: string
  readonly targets: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

interface CreateSecurityGroup {
  readonly action: 'create'
  readonly kind: 'security group'
  readonly name: string
  readonly role: Role
}

interface UpdateSecurityGroup {
  readonly action: 'update'
  readonly kind: 'security group'
  readonly name: string
  readonly role: Role
  readonly open: readonly Opening[]
  readonly close: readonly Opening[]
}

interface CreateInstanceProfile {
  readonly action: 'create'
  readonly kind: 'instance profile'
  readonly name: string
}

/** Puts user-data that is too large for EC2 where a stub fetches it. */
interface StoreUserData {
  readonly action: 'create'
  readonly kind: 'user-data'
  /** The node's. */
  readonly name: string
  readonly bucket: string
  readonly key: string
  readonly bytes: number
  readonly sha256: string
}

interface WriteTemplate {
  readonly action: 'create' | 'update'
  readonly kind: 'launch template'
  readonly name: string
  readonly template: TemplateSpec
  /** Of the spec; kept with the version that is made from it. */
  readonly hash: string
}

/** What the machines of a group are started from. */
export interface TemplateSpec {
  readonly group: string
  readonly image: string
  readonly instanceType: string
  readonly rootDevice: string
  readonly rootVolumeGb: number
  readonly instanceProfile: string
  readonly roles: readonly Role[]
  readonly securityGroups: readonly string[]
  /** Set for leaders: their security groups are those of the network interface that they are started with. */
  readonly interfaces?: true
  readonly keyName: string | undefined
  /** What a pool's machines boot with. Leaders get theirs seat by seat. */
  readonly userData: UserDataSum | undefined
  readonly tags: Readonly<Record<string, string>>
}

export interface UserDataSum {
  readonly bytes: number
  readonly sha256: string
  /** What EC2 is given instead, where it is too large: itself compressed, or a stub that fetches it from a bucket. */
  readonly form?: 'gzip' | 's3'
  readonly bucket?: string
}

interface LaunchSeat {
  readonly action: 'launch'
  readonly kind: 'seat'
  readonly name: string
  readonly seat: number
  readonly group: string
  readonly instanceType: string
  readonly image: string
  readonly subnet: string
  readonly template: string
  readonly userData: UserDataSum
  readonly tags: Readonly<Record<string, string>>
  readonly agreed: Agreed
  /**
   * How many other leaders must run when it is started, those of this run not counted: a machine that fills a seat
   * of a cluster that has formed begins with an empty disk and gets everything from them.
   */
  readonly othersRunning: number
  /** Machines that end or have ended. The seat is launched only once the last of them is gone. */
  readonly after: readonly string[]
}

interface WritePool {
  readonly action: 'create' | 'update'
  readonly kind: 'pool'
  readonly name: string
  readonly group: string
  readonly min: number
  readonly max: number
  readonly subnets: readonly string[]
  readonly template: string
  readonly instanceType: string
  readonly tags: Readonly<Record<string, string>>
  /** What is different from now, in words. */
  readonly changes: readonly string[]
}

/** One thing to delete. */
export interface Removal extends StepBase {
  readonly action: 'delete'
  readonly kind:
    | 'pool'
    | 'seat'
    | 'machine'
    | 'network interface'
    | 'launch template'
    | 'security group'
    | 'instance profile'
    | 'user-data'
    | 'claim'
  readonly name: string
  /** What the target calls it. */
  readonly target: string
  /** Why it goes, where that isn't plain. */
  readonly why?: string
}

export type StepOf<K extends Change['kind'], A extends Change['action'] = Change['action']> = Extract<
  Change,
  { kind: K; action: A }
>

/** The steps that lead from what is there to what the inventory asks. A plain value. */
export interface Plan<S = Step> {
  readonly cluster: string
  readonly target: Target
  readonly leaders: number
  readonly quorum: number
  readonly steps: readonly S[]
  /** Machines that run something older than the inventory asks, and stay as they are. */
  readonly outOfDate: readonly OutOfDate[]
  /** Pools that the inventory doesn't have, and that stay as they are. */
  readonly surplus: readonly string[]
  /** Seats that a recovery leaves empty until the machines of this plan have what the others kept. */
  readonly leftEmpty?: readonly string[]
  /** Ports that stay open, because machines that are out of date may use them. */
  readonly stillOpen?: readonly Opening[]
}

export interface OutOfDate {
  readonly name: string
  readonly machine: string
  readonly reasons: readonly string[]
}
