import type { Architecture } from '../../cluster/cluster.ts'

/** An image that a bake has made, in one region. */
export interface BakedImage {
  readonly id: string
  readonly region: string
  /** What EC2 calls it; unique in a region. */
  readonly title: string
  /** Empty for an image of that title which isn't ours. */
  readonly name: string
  readonly architecture: Architecture | undefined
  readonly fingerprint: string
  readonly run: string
  /** Whether its bake came to its end. */
  readonly proven: boolean
  readonly available: boolean
  /** ISO 8601. */
  readonly created: string
  /** ISO 8601; empty for never. */
  readonly deprecated: string
  readonly snapshots: readonly string[]
}

/** What an SSM parameter says. */
export interface Published {
  readonly region: string
  readonly parameter: string
  readonly image: string
}

/** Something that was made for a bake only, or by one that didn't come to its end. */
export interface Leftover {
  readonly kind: 'instance' | 'volume' | 'key pair' | 'security group' | 'image' | 'snapshot'
  readonly id: string
  readonly region: string
  readonly run: string
}

/** The image that a bake starts from. */
export interface BaseImage {
  readonly id: string
  readonly name: string
  readonly architecture: Architecture
  readonly rootDevice: string
}

/** Something that an image can't be taken away from. */
export interface ImageUse {
  readonly image: string
  /** `instance i-…`, `launch template cluster1-web 3`, `parameter /mesos-bakery/mesos/amd64`. */
  readonly by: string
}
