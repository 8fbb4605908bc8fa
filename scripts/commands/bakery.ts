import { takeInterrupt } from '../cli/interrupt.ts'
import type { LoadedInventory } from '../cli/load.ts'
import { say } from '../cli/main.ts'
import type { Given } from '../cli/options.ts'
import type { Bakery } from '../image/bakery.ts'
import type { Watch } from '../image/build.ts'
import { bakeryOf, unmade } from './local-image.ts'

/** What a bake works from, as it was asked for. */
export function bakeryFor(given: Given, inventory: LoadedInventory): Bakery {
  return { ...bakeryOf(inventory), frozen: given.frozen === true }
}

/** Who watches a bake: the terminal. From now on Ctrl-C is the bake's. */
export function watchFor(given: Given): Watch {
  return { tell: say, verbose: given.verbose === true, signal: takeInterrupt(unmade).signal }
}
