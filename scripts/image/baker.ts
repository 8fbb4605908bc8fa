import type { Architecture, Cluster } from '../cluster/cluster.ts'
import type { BakeView } from '../show/say-bake.ts'
import type { EngineName } from '../targets/list.ts'
import type { Bakery } from './bakery.ts'
import type { Watch } from './packer.ts'

/** The request of the user, in addition to the inventory. */
export interface Asked {
  readonly architecture: Architecture | undefined
  readonly region: string | undefined
  /** The name of a container engine. */
  readonly engine: EngineName | undefined
  /** Bakes an image even if it exists. */
  readonly force: boolean
}

/** Observes a bake. It is shown the plan again if the downloads changed it. */
export interface BakeWatch extends Watch {
  readonly show: (view: BakeView) => void
}

/** The result of a bake. */
export interface BakedImages {
  readonly text: string
  readonly json: unknown
}

/** A bake that has been planned. */
export interface PlannedBake {
  readonly view: BakeView
  readonly json: unknown
  /** Whether the image already exists. */
  readonly isDone: boolean
  /** @throws Refused for problems that the user can resolve, Stopped if a build fails or is interrupted */
  readonly bake: (watch: BakeWatch) => Promise<BakedImages>
}

/** Bakes the images of a target. */
export interface Baker {
  /** Plans a bake. Changes and downloads nothing. */
  readonly planBake: (bakery: Bakery, asked: Asked) => Promise<PlannedBake>
}

/** Loads the baker for the target of an inventory, and no other, because the AWS SDK is large. */
export function bakerOf({ target }: Cluster): Promise<Baker> {
  return target === 'local' ? import('./container-image.ts') : import('./ec2-bake.ts')
}
