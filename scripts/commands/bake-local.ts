import { join } from 'node:path'
import type { LoadedInventory } from '../cli/load.ts'
import { print, printJson } from '../cli/main.ts'
import { type Given, Misused, textOf } from '../cli/options.ts'
import { shortFingerprint } from '../image/fingerprint.ts'
import { bakeLocalImage, findLocalImage } from '../image/local-image.ts'
import { findEngine } from '../targets/containers/engine/engine.ts'
import { bakeryFor, watchFor } from './bakery.ts'

/** Bakes the image of the local target, unless it is there. */
export async function bakeHere(given: Given, inventory: LoadedInventory): Promise<void> {
  for (const option of ['arch', 'region']) {
    if (given[option] !== undefined)
      throw new Misused(`--${option} is of EC2; a local image is of this machine`)
  }
  const engine = await findEngine(textOf(given, 'engine'))
  const bakery = bakeryFor(given, inventory)
  const [dryRun, force] = [given['dry-run'] === true, given.force === true]
  const known = force && !dryRun ? undefined : await findLocalImage(bakery, engine)
  const isThere = known?.id !== undefined && !force
  if (dryRun || isThere) {
    if (given.json === true) return printJson({ ...known, bake: !isThere })
    const name = known?.reference ?? join('localhost/mesos-bakery', inventory.cluster.image.name)
    return print(isThere ? `${name} is there already.` : `  + build  ${name}`)
  }
  const image = await bakeLocalImage(bakery, engine, { ...watchFor(given), force })
  if (given.json === true) printJson(image)
  else print(`${image.reference} is baked: ${shortFingerprint(image.fingerprint)}`)
}
