import type { Cluster, Machine } from '../../cluster/cluster.ts'
import type { UserData } from '../../user-data/render.ts'
import type { Actual } from './actual.ts'
import type { FreeAddresses } from './addresses.ts'
import type { InstanceWarnings } from './instance-status.ts'

/** The facts that a plan is based on. */
export interface Facts {
  readonly cluster: Cluster
  /** Rendered for every node, by the name of the node. */
  readonly userData: ReadonlyMap<string, UserData>
  readonly imageOf: (machine: Machine) => Image
  readonly actual: Actual
  /** The scheduled events and failed status checks of the instances. Undefined if EC2 was not queried. */
  readonly warnings?: InstanceWarnings | undefined
  /** The VPC of the subnets. Undefined if EC2 was not queried. */
  readonly vpc?: string
  /** The free private addresses of the subnets. Undefined if EC2 was not queried. */
  readonly freeAddresses?: FreeAddresses
  /** The instance types whose consoles cannot be read while they run. */
  readonly silentTypes?: readonly string[] | undefined
  /** Whether to fill empty seats although the quorum is lost. */
  readonly recover?: boolean
  /** Whether to delete pools that the inventory does not name. */
  readonly prune?: boolean
}

/** The image that an instance is started from. */
export interface Image {
  readonly id: string
  /** The minimum size of the root volume, in GiB. */
  readonly rootGb: number
  /** The device name of the image's root volume. */
  readonly rootDevice: string
}
