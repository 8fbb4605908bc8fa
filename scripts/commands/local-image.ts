import { takeInterrupt } from '../cli/interrupt.ts'
import { env, say } from '../cli/main.ts'
import type { Bakery } from '../image/bakery.ts'
import { bakeLocalImage, findLocalImage } from '../image/local-image.ts'
import type { Engine } from '../targets/containers/engine/engine.ts'
import type { Asked } from '../targets/target.ts'

/** What an interrupted bake comes to. */
export const unmade = 'no image was made, and nothing published'

/** What a launch has to bake from, if the image isn't there. */
export function bakeryOf({ cluster, source }: Pick<Asked, 'cluster' | 'source'>): Bakery {
  return { cluster, inventory: source, env: env(), frozen: false, tell: say }
}

/** The name of the image that the inventory asks for; nothing before its first bake, which pins what goes in. */
export async function imageName(bakery: Bakery, engine: Engine): Promise<string | undefined> {
  return (await findLocalImage(bakery, engine))?.reference
}

/** The image that the inventory asks for. Where it isn't there, says so and bakes it. */
export async function bakedImage(bakery: Bakery, engine: Engine): Promise<string> {
  const present = await findLocalImage(bakery, engine)
  if (present?.id !== undefined) return present.reference
  say(`the image ${bakery.cluster.image.name} is not there yet: baking it`)
  const { signal, release } = takeInterrupt(unmade)
  try {
    const watch = { tell: say, verbose: false, force: false, signal }
    return (await bakeLocalImage(bakery, engine, watch)).reference
  } finally {
    release()
    say('')
  }
}
