import { defineCommand } from './cli/command.ts'
import { inventoryOptions, targetOptions } from './cli/common-options.ts'
import { loadInventory } from './cli/load.ts'
import { isProgram, main } from './cli/main.ts'
import { choice, flag, misused, value } from './cli/options.ts'

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
    // Only what the target needs is loaded: the AWS SDK is no small thing.
    if (inventory.cluster.target === 'local') {
      const { bakeHere } = await import('./commands/bake-local.ts')
      await bakeHere(given, inventory)
    } else {
      const { bakeOnAws } = await import('./commands/bake-aws.ts')
      await bakeOnAws(given, inventory)
    }
  },
})

function readRegion(given: string, name: string): string {
  return /^[a-z]{2}(-[a-z]+)+-\d$/.test(given) ? given : misused(name, 'a region such as us-east-1', given)
}

if (isProgram(import.meta.url)) await main(command)
