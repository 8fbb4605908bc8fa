import type { Removal } from '../../plan/step.ts'
import type { MarkFormed, WriteClaim } from './claim.ts'
import type { TagSeat } from './ec2-tags.ts'
import type { CreateInstanceProfile } from './instance-profile.ts'
import type { WriteTemplate } from './launch-template.ts'
import type { WriteHook } from './lifecycle-hook.ts'
import type { UpdateInterface } from './network-interface.ts'
import type { WritePool } from './pool.ts'
import type { LaunchSeat, RestartSeat } from './seat.ts'
import type { SecurityGroupStep } from './security-group.ts'
import type { StoreUserData } from './stored-user-data.ts'

/** A step on EC2. */
export type Ec2Step = Change | Ec2Removal

/** A step that creates or changes a resource. */
export type Change =
  | WriteClaim
  | MarkFormed
  | StoreUserData
  | SecurityGroupStep
  | CreateInstanceProfile
  | WriteTemplate
  | LaunchSeat
  | RestartSeat
  | UpdateInterface
  | TagSeat
  | WritePool
  | WriteHook

/** A step that deletes a resource. */
export type Ec2Removal = Removal<
  | 'pool'
  | 'seat'
  | 'machine'
  | 'follower'
  | 'network interface'
  | 'launch template'
  | 'security group'
  | 'instance profile'
  | 'user-data'
  | 'claim'
>

/** The step for a kind of resource and, if given, an action. */
export type StepOf<K extends Change['kind'], A extends Change['action'] = Change['action']> = Extract<
  Change,
  { kind: K; action: A }
>
