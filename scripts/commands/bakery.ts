import { takeInterrupt } from '../cli/interrupt.ts'
import type { LoadedInventory } from '../cli/load.ts'
import { say } from '../cli/main.ts'
import type { Called } from '../cli/options.ts'
import type { Architecture } from '../cluster/cluster.ts'
import type { Bakery } from '../image/bakery.ts'
import type { Watch } from '../image/build.ts'
import { bakeryOf, unmade } from './local-image.ts'

/** The options of a bake. */
export interface BakeOptions extends Called {
  readonly json: boolean
  readonly engine: string | undefined
  readonly arch: Architecture | undefined
  readonly region: string | undefined
  readonly force: boolean
  readonly frozen: boolean
  readonly dryRun: boolean
  readonly verbose: boolean
}

/** What a bake works from, as it was asked for. */
export function bakeryFor(given: BakeOptions, inventory: LoadedInventory): Bakery {
  return { ...bakeryOf(inventory), frozen: given.frozen }
}

/** Who watches a bake: the terminal. From now on Ctrl-C is the bake's. */
export function watchFor(given: BakeOptions): Watch {
  return { tell: say, verbose: given.verbose, signal: takeInterrupt(unmade).signal }
}
