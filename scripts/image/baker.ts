import type { Architecture, Cluster } from '../cluster/cluster.ts'
import type { BakeView } from '../show/say-bake.ts'
import type { EngineName } from '../targets/list.ts'
import type { Bakery } from './bakery.ts'
import type { Watch } from './packer.ts'

/** What a person asked for, beside the inventory. */
export interface Asked {
  readonly architecture: Architecture | undefined
  readonly region: string | undefined
  /** The name of a container engine. */
  readonly engine: EngineName | undefined
  /** Bakes an image again that is there. */
  readonly force: boolean
}

/** Who watches a bake: they see its plan again if what was fetched has changed it. */
export interface BakeWatch extends Watch {
  readonly show: (view: BakeView) => void
}

/** What came of a bake. */
export interface BakedImages {
  readonly text: string
  readonly json: unknown
}

/** What a bake is going to do. */
export interface PlannedBake {
  readonly view: BakeView
  readonly json: unknown
  /** Whether the image is there already. */
  readonly isDone: boolean
  /** @throws Refused for what a person can mend, Stopped when a build fails or is interrupted */
  readonly bake: (watch: BakeWatch) => Promise<BakedImages>
}

/** What bakes the images of one target. */
export interface Baker {
  /** Looks at what is there. Changes and downloads nothing. */
  readonly planBake: (bakery: Bakery, asked: Asked) => Promise<PlannedBake>
}

/** What bakes the images of an inventory's target. Only that is loaded: the AWS SDK is no small thing. */
export function bakerOf({ target }: Cluster): Promise<Baker> {
  return target === 'local' ? import('./container-image.ts') : import('./ec2-bake.ts')
}
