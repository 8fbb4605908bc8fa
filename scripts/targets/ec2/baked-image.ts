import type { Architecture } from '../../cluster/cluster.ts'

/** An image that a bake created, in one region. */
export interface BakedImage {
  readonly id: string
  readonly region: string
  /** The name of the AMI, unique in a region. */
  readonly title: string
  /** Empty if an image with this title is not ours. */
  readonly name: string
  readonly architecture: Architecture | undefined
  readonly fingerprint: string
  readonly run: string
  /** Whether its bake completed. */
  readonly proven: boolean
  readonly available: boolean
  /** ISO 8601. */
  readonly created: string
  /** ISO 8601. Empty if never. */
  readonly deprecated: string
  readonly snapshots: readonly string[]
}

/** The content of an SSM parameter. */
export interface Published {
  readonly region: string
  readonly parameter: string
  readonly image: string
}

/** A temporary resource of a bake, or a resource of a bake that did not complete. */
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

/** A reference to an image, because of which the image must not be deleted. */
export interface ImageUse {
  readonly image: string
  /** `instance i-…`, `launch template cluster1-web 3`, `parameter /mesos-bakery/mesos/amd64`. */
  readonly by: string
}
