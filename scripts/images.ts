import { askToGoOn } from './cli/ask.ts'
import { loadInventory } from './cli/load.ts'
import { type Command, env, main, print, printJson, say } from './cli/main.ts'
import { type Given, inventoryOptions, Misused, textOf } from './cli/options.ts'
import { pruneImages, surveyImages } from './image/baked-images.ts'
import { sayImages, sayPruning } from './image/say-images.ts'
import { Refused } from './inventory/problems.ts'

const command: Command = {
  name: 'images',
  summary: 'Lists the images that were baked, and deletes those that nothing needs.',
  options: {
    ...inventoryOptions,
    prune: { help: 'list what could go: all but the newest, and what is used' },
    keep: { value: 'N', help: 'how many of each to keep, with --prune; 3' },
    delete: { help: 'delete what --prune lists, after asking' },
    yes: { help: 'do not ask' },
  },
  examples: [
    ['', 'all of them, with what uses them'],
    ['--prune --keep 1', 'what would be deleted'],
    ['--prune --keep 1 --delete', 'delete it, after asking'],
  ],
  run: async given => {
    const keep = readKeep(given)
    const { cluster } = await loadInventory(given)
    const { images, regions } = await surveyImages(cluster, env(), keep)
    if (given.prune !== true) {
      if (given.json === true) printJson(images)
      else print(sayImages(images, Date.now()))
      return
    }
    const going = images.filter(({ kept }) => kept === undefined)
    if (given.delete !== true || going.length === 0) {
      if (given.json === true) printJson(going)
      else print(sayPruning(images))
      return
    }
    say(sayPruning(images))
    await askToGoOn('\nDelete all of this?', given.yes === true)
    await pruneImages(regions, going)
    if (given.json === true) printJson(going)
    else print(`Deleted images: ${going.length}.`)
  },
}

function readKeep(given: Given): number {
  const text = textOf(given, 'keep') ?? '3'
  for (const option of ['keep', 'delete']) {
    if (given[option] !== undefined && given.prune !== true)
      throw new Misused(`--${option} goes with --prune`)
  }
  if (!/^\d{1,4}$/.test(text)) throw new Misused(`--keep takes a whole number, got ${JSON.stringify(text)}`)
  if (Number(text) > 0) return Number(text)
  throw new Refused([{ path: '--keep', message: 'must be 1 or more: the newest image is never deleted' }])
}

await main(command)
