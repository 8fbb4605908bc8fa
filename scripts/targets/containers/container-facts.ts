import type { Cluster } from '../../cluster/cluster.ts'
import type { UserData } from '../../user-data/render.ts'
import type { LocalActual } from './container.ts'

/** Everything that a plan for this machine follows from. */
export interface LocalFacts {
  readonly cluster: Cluster
  readonly userData: ReadonlyMap<string, UserData>
  /** The image, by a name that names its content. */
  readonly image: string
  readonly actual: LocalActual
  /** Whether pools are to be removed that the inventory doesn't name. */
  readonly prune?: boolean
}
