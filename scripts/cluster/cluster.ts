import type { DrainSettings } from '../inventory/drain-settings.ts'
import type { ImageSettings } from '../inventory/image-settings.ts'
import type { SshSettings } from '../inventory/ssh-settings.ts'
import type { Values } from '../inventory/variables.ts'
import type { TargetName } from '../targets/list.ts'

/** The inventory resolved and validated: every node with every variable final. */
export interface Cluster {
  readonly name: string
  readonly region: string
  readonly target: TargetName
  readonly tags: Readonly<Record<string, string>>
  /** The instance profile in the inventory. Without one, launch creates one. */
  readonly instanceProfile: string | undefined
  /** The ARN of the permissions boundary for the role of that instance profile. */
  readonly permissionsBoundary: string | undefined
  /** How followers are drained before they end. */
  readonly drain: DrainSettings
  readonly image: ImageSettings
  /** How to connect to its instances on EC2 with ssh. */
  readonly ssh: SshSettings | undefined
  /** The share of running tasks that a rolling update keeps, such as 0.95. */
  readonly tasksKept: number
  /** The S3 bucket for user data that is too large for EC2. */
  readonly userDataBucket: string | undefined
  /** The reference to the secrets. */
  readonly secrets: string | undefined
  /** The form in which user data is passed to EC2. Without it, the first form that fits is used. */
  readonly fit: Fit
  /** The number of leaders that is a majority. */
  readonly quorum: number
  readonly seats: readonly Seat[]
  readonly pools: readonly Pool[]
}

/** The numbered position of a leader: its ZooKeeper ID, its name in Consul, and its vote. */
export interface Seat extends NodeBase {
  readonly kind: 'seat'
  readonly mode: 'leader' | 'mixed'
  /** 1 … N. */
  readonly seat: number
  readonly subnet: string | undefined
}

/** A group of followers with the same settings. */
export interface Pool extends NodeBase {
  readonly kind: 'pool'
  readonly mode: 'follower'
  readonly min: number
  readonly max: number
  readonly subnets: readonly string[]
}

interface NodeBase {
  /** Unique in the cluster: `cluster1-leader-1`, `cluster1-mesos_followers`. */
  readonly name: string
  readonly group: string
  readonly values: Values
  readonly machine: Machine
}

export type Node = Seat | Pool

export type Mode = Node['mode']

/** The settings of a machine on EC2. */
export interface Machine {
  readonly instanceType: string
  readonly architecture: Architecture
  readonly rootVolumeGb: number
  readonly keyName: string | undefined
  readonly securityGroups: readonly string[]
}

/** The name of the architecture in Debian. */
export type Architecture = 'amd64' | 'arm64'

export const fits = ['auto', 'plain', 'gzip', 's3'] as const

export type Fit = (typeof fits)[number]

/** Settings from the command line, which override the inventory. */
export interface Overrides {
  readonly leaders?: number
  readonly followers?: FollowersOverride
  readonly image?: string
  readonly target?: TargetName
  readonly fit?: Fit
  readonly vars: Partial<Values>
}

/** The size of a pool from the command line. Without the name of a pool, the cluster must have only one pool. */
export interface FollowersOverride {
  readonly pool: string | undefined
  readonly min: number
  readonly max: number
}

/** All nodes that have their own user data: the seats by number, then the pools. */
export function nodesOf(cluster: Cluster): readonly Node[] {
  return [...cluster.seats, ...cluster.pools]
}
