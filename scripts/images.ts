import { askToGoOn } from './cli/ask.ts'
import { defineCommand } from './cli/command.ts'
import { inventoryOptions, yesOption } from './cli/common-options.ts'
import { loadInventory } from './cli/load.ts'
import { env, isProgram, main, print, printJson, say } from './cli/main.ts'
import { flag, wholeNumber, withDefault } from './cli/options.ts'
import { pruneImages, surveyImages } from './image/baked-images.ts'
import { sayImages, sayPruning } from './image/say-images.ts'

export const command = defineCommand({
  name: 'images',
  summary: 'list baked images, and delete unused ones',
  options: {
    ...inventoryOptions,
    prune: flag('list images that are neither in use nor among the newest'),
    // The newest image is never deleted.
    keep: withDefault(
      wholeNumber('N', 'with --prune, how many of the newest to keep', { min: 1, max: 9999 }),
      '3',
    ),
    delete: flag('with --prune, delete the listed images'),
    ...yesOption,
  },
  rules: [
    { option: 'keep', requires: 'prune' },
    { option: 'delete', requires: 'prune' },
  ],
  examples: [
    ['', 'list images and their uses'],
    ['--prune --keep 1', 'list what would be deleted'],
    ['--prune --keep 1 --delete', 'ask for confirmation, then delete'],
  ],
  run: async given => {
    const { cluster } = await loadInventory(given)
    const { images, regions } = await surveyImages(cluster, env(), given.keep)
    if (!given.prune) {
      if (given.json) printJson(images)
      else print(sayImages(images, Date.now()))
      return
    }
    const going = images.filter(({ kept }) => kept === undefined)
    if (!given.delete || going.length === 0) {
      if (given.json) printJson(going)
      else print(sayPruning(images))
      return
    }
    say(sayPruning(images))
    await askToGoOn('\nDelete all of these?', given.yes)
    await pruneImages(regions, going)
    if (given.json) printJson(going)
    else print(`Deleted images: ${going.length}.`)
  },
})

if (isProgram(import.meta.url)) await main(command)
