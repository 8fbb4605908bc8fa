import type { Cluster, Machine } from '../../cluster/cluster.ts'
import type { UserData } from '../../user-data/render.ts'
import type { Actual } from './actual.ts'

/** Everything that a plan follows from. */
export interface Facts {
  readonly cluster: Cluster
  /** Rendered for every node, by the node's name. */
  readonly userData: ReadonlyMap<string, UserData>
  readonly imageOf: (machine: Machine) => Image
  readonly actual: Actual
  /** The network of the subnets, where the target has been asked. */
  readonly vpc?: string
  /** Whether empty seats are to be filled although the quorum is lost. */
  readonly recover?: boolean
  /** Whether pools are to be deleted that the inventory doesn't name. */
  readonly prune?: boolean
}

/** What a machine starts from. */
export interface Image {
  readonly id: string
  /** The least size of the root volume, in GiB. */
  readonly rootGb: number
  /** The name under which the image's root volume is attached. */
  readonly rootDevice: string
}
