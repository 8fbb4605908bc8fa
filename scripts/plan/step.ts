import type { Opening, Role } from '../cluster/firewall.ts'
import type { Target } from '../inventory/fields.ts'

/** One thing to do. `needs` names the steps that must be done before it. */
export type Step = StepBase &
  (
    | StoreUserData
    | CreateSecurityGroup
    | UpdateSecurityGroup
    | CreateInstanceProfile
    | WriteTemplate
    | LaunchSeat
    | WritePool
  )

export interface StepBase {
  /** Unique in its plan. */
  readonly id: string
  readonly needs: readonly string[]
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
  /** The newest version now, if there is one. */
  readonly replaces: number | undefined
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
  readonly kind: Step['kind'] | 'machine'
  readonly name: string
  /** What the target calls it. */
  readonly target: string
}

export type StepOf<K extends Step['kind'], A extends Step['action'] = Step['action']> = Extract<
  Step,
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
}

export interface OutOfDate {
  readonly name: string
  readonly machine: string
  readonly reasons: readonly string[]
}
