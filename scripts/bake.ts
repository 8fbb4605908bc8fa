import { shortFingerprint } from './image/fingerprint.ts'
import { bakeLocalImage, findLocalImage } from './image/local-image.ts'
import { loadInventory } from './terminal/files.ts'
import { takeInterrupt } from './terminal/interrupt.ts'
import { type Command, env, main, print, printJson, say } from './terminal/main.ts'
import { inventoryOptions, Misused, textOf } from './terminal/options.ts'

const command: Command = {
  name: 'bake',
  summary: 'Bakes the image that machines start from, unless it is there already.',
  options: {
    ...inventoryOptions,
    target: { value: 'TARGET', help: 'local: a container image for this machine' },
    force: { help: 'bake even if the image is there' },
    frozen: { help: 'refuse artifacts that artifacts.lock.json does not have' },
    'dry-run': { help: 'print what would be done and stop' },
    verbose: { help: 'show all that Packer says' },
  },
  examples: [
    ['--target local', 'an image for podman or docker'],
    ['--dry-run', 'what would be done'],
  ],
  run: async given => {
    if (textOf(given, 'target') !== 'local') throw new Misused('only --target local can be baked as yet')
    const { cluster, source } = loadInventory(given)
    const bakery = { cluster, folder: source.folder, env: env(), frozen: given.frozen === true, tell: say }
    const engine = { name: 'podman' } as const
    const dryRun = given['dry-run'] === true
    if (dryRun) return printJson((await findLocalImage(bakery, engine)) ?? null)
    const { signal } = takeInterrupt(say)
    const watch = { tell: say, verbose: given.verbose === true, force: given.force === true, signal }
    const image = await bakeLocalImage(bakery, engine, watch)
    if (given.json === true) printJson(image)
    else
      print(
        `${image.reference} ${image.baked ? 'is baked' : 'is there already'}: ${shortFingerprint(image.fingerprint)}`,
      )
  },
}

await main(command)
