import { join } from 'node:path'
import type { LoadedInventory } from '../cli/load.ts'
import { print, printJson } from '../cli/main.ts'
import { refuseOptions } from '../cli/options.ts'
import { shortFingerprint } from '../image/fingerprint.ts'
import { bakeLocalImage, findLocalImage } from '../image/local-image.ts'
import { findEngine } from '../targets/containers/engine/engine.ts'
import { type BakeOptions, bakeryFor, watchFor } from './bakery.ts'

/** Bakes the image of the local target, unless it is there. */
export async function bakeHere(given: BakeOptions, inventory: LoadedInventory): Promise<void> {
  refuseOptions(given, ['arch', 'region'], 'applies to the aws target only')
  const engine = await findEngine(given.engine)
  const bakery = bakeryFor(given, inventory)
  const { dryRun, force } = given
  const known = force && !dryRun ? undefined : await findLocalImage(bakery, engine)
  const isThere = known?.id !== undefined && !force
  if (dryRun || isThere) {
    if (given.json) return printJson({ ...known, bake: !isThere })
    const name = known?.reference ?? join('localhost/mesos-bakery', inventory.cluster.image.name)
    return print(isThere ? `${name} is there already.` : `  + build  ${name}`)
  }
  const image = await bakeLocalImage(bakery, engine, { ...watchFor(given), force })
  if (given.json) printJson(image)
  else print(`${image.reference} is baked: ${shortFingerprint(image.fingerprint)}`)
}
