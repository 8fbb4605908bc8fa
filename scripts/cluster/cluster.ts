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
  /** The instance profile that a person gave; otherwise one is made. */
  readonly instanceProfile: string | undefined
  /** The policy that bounds the role of the profile that is made, by its ARN. */
  readonly permissionsBoundary: string | undefined
  readonly image: ImageSettings
  /** How its instances on EC2 are reached with ssh. */
  readonly ssh: SshSettings | undefined
  /** Where user-data is kept that is too large for EC2. */
  readonly userDataBucket: string | undefined
  /** How user-data is brought under EC2's limit: in the first form that fits, or in this one. */
  readonly fit: Fit
  /** The votes that decide among the leaders. */
  readonly quorum: number
  readonly seats: readonly Seat[]
  readonly pools: readonly Pool[]
}

/** A leader's durable place: its ZooKeeper id, its Consul name and its vote. */
export interface Seat extends NodeBase {
  readonly kind: 'seat'
  readonly mode: 'leader' | 'mixed'
  /** 1 … N. */
  readonly seat: number
  readonly subnet: string | undefined
}

/** A group of followers, alike in everything. */
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

/** What a machine is made of. */
export interface Machine {
  readonly instanceType: string
  readonly architecture: Architecture
  readonly rootVolumeGb: number
  readonly keyName: string | undefined
  readonly securityGroups: readonly string[]
}

/** As Debian names it. */
export type Architecture = 'amd64' | 'arm64'

export const fits = ['auto', 'plain', 'gzip', 's3'] as const

export type Fit = (typeof fits)[number]

/** What the command line sets above the inventory. */
export interface Overrides {
  readonly leaders?: number
  readonly followers?: FollowersOverride
  readonly image?: string
  readonly target?: TargetName
  readonly fit?: Fit
  readonly vars: Partial<Values>
}

/** The size of a pool from the command line. Without a pool's name there must be only one. */
export interface FollowersOverride {
  readonly pool: string | undefined
  readonly min: number
  readonly max: number
}

/** All nodes that get a user-data of their own: the seats by number, then the pools. */
export function nodesOf(cluster: Cluster): readonly Node[] {
  return [...cluster.seats, ...cluster.pools]
}
