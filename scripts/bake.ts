import { defineCommand } from './cli/command.ts'
import { inventoryOptions, targetOptions } from './cli/common-options.ts'
import { takeInterrupt } from './cli/interrupt.ts'
import { loadInventory, refuseOptionsOfOthers } from './cli/load.ts'
import { env, isProgram, main, print, printJson, say } from './cli/main.ts'
import { choice, flag, misused, value } from './cli/options.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { bakerOf } from './image/baker.ts'
import { bakeryOf, unmade } from './image/bakery.ts'
import { sayBake } from './show/say-bake.ts'

export const command = defineCommand({
  name: 'bake',
  summary: 'bake the machine image, unless an up-to-date one exists',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    arch: choice('ARCH', ['amd64', 'arm64'], 'bake for one architecture only: amd64 or arm64'),
    region: value('REGION', 'bake in this region, and do not copy to others', readRegion),
    force: flag('bake even if an up-to-date image exists'),
    frozen: flag('fail if an artifact is not pinned in artifacts.lock.json'),
    dryRun: flag('print the plan and exit'),
    verbose: flag('show the full output of Packer'),
  },
  examples: [
    ['', 'bake, copy and publish the image'],
    ['--target local', 'bake an image for containers'],
    ['--frozen --arch amd64', 'use pinned artifacts, one architecture'],
  ],
  run: async given => {
    const inventory = await loadInventory(given)
    refuseOptionsOfOthers(given, inventory.cluster.target)
    const baker = await bakerOf(inventory.cluster)
    const ground = { env: env(), tell: say, takeInterrupt }
    const bakery = bakeryOf(inventory, ground, given.frozen)
    const planned = await baker.planBake(bakery, {
      architecture: given.arch,
      region: given.region,
      engine: given.engine,
      force: given.force,
    })
    if (given.dryRun || planned.isDone) {
      return printEither(given, planned.json, sayBake(planned.view, onStdout()))
    }
    const { json, text } = await planned.bake({
      tell: say,
      show: view => say(sayBake(view, onStderr())),
      verbose: given.verbose,
      signal: takeInterrupt(unmade).signal,
    })
    printEither(given, json, text)
  },
})

function readRegion(given: string, name: string): string {
  return /^[a-z]{2}(-[a-z]+)+-\d$/.test(given) ? given : misused(name, 'a region such as us-east-1', given)
}

function printEither(given: { readonly json: boolean }, json: unknown, text: string): void {
  if (given.json) printJson(json)
  else print(text)
}

if (isProgram(import.meta.url)) await main(command)
