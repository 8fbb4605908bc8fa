import { takeInterrupt } from './cli/interrupt.ts'
import { loadInventory, refuseOptionsOfOthers } from './cli/load.ts'
import { type Command, env, main, print, printJson, say } from './cli/main.ts'
import { type Given, inventoryOptions, Misused, targetOptions, textOf } from './cli/options.ts'
import { onStderr, onStdout } from './cli/screen.ts'
import { type Asked, bakerOf } from './image/baker.ts'
import { bakeryOf, unmade } from './image/bakery.ts'
import { sayBake } from './show/say-bake.ts'

const command: Command = {
  name: 'bake',
  summary: 'Bakes the image that machines start from, unless it is there already.',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    arch: { value: 'ARCH', help: 'only this architecture: amd64 or arm64' },
    region: { value: 'REGION', help: 'bake in this region, and copy nowhere' },
    force: { help: 'bake even if the image is there' },
    frozen: { help: 'refuse artifacts that artifacts.lock.json does not have' },
    'dry-run': { help: 'print the plan and stop' },
    verbose: { help: 'show all that Packer says' },
  },
  examples: [
    ['', 'bake, copy and publish'],
    ['--target local', 'an image for containers on this machine'],
    ['--frozen --arch amd64', 'what is locked, for one architecture'],
  ],
  run: async given => {
    const inventory = await loadInventory(given)
    refuseOptionsOfOthers(given, inventory.cluster.target)
    const baker = await bakerOf(inventory.cluster)
    const ground = { env: env(), tell: say, takeInterrupt }
    const bakery = bakeryOf(inventory, ground, given.frozen === true)
    const planned = await baker.planBake(bakery, readAsked(given))
    if (given['dry-run'] === true || planned.isDone) {
      return printEither(given, planned.json, sayBake(planned.view, onStdout()))
    }
    const { json, text } = await planned.bake({
      tell: say,
      show: view => say(sayBake(view, onStderr())),
      verbose: given.verbose === true,
      signal: takeInterrupt(unmade).signal,
    })
    printEither(given, json, text)
  },
}

function readAsked(given: Given): Asked {
  const architecture = textOf(given, 'arch')
  const region = textOf(given, 'region')
  if (architecture !== undefined && architecture !== 'amd64' && architecture !== 'arm64') {
    throw new Misused(`--arch takes amd64 or arm64, got ${JSON.stringify(architecture)}`)
  }
  if (region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new Misused(`--region takes a region such as us-east-1, got ${JSON.stringify(region)}`)
  }
  return { architecture, region, engine: textOf(given, 'engine'), force: given.force === true }
}

function printEither(given: Given, json: unknown, text: string): void {
  if (given.json === true) printJson(json)
  else print(text)
}

await main(command)
