import { loadInventory } from './cli/load.ts'
import { type Command, main } from './cli/main.ts'
import { inventoryOptions, targetOptions } from './cli/options.ts'

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
    // Only what the target needs is loaded: the AWS SDK is no small thing.
    if (inventory.cluster.target === 'local') {
      const { bakeHere } = await import('./commands/bake-local.ts')
      await bakeHere(given, inventory)
    } else {
      const { bakeOnAws } = await import('./commands/bake-aws.ts')
      await bakeOnAws(given, inventory)
    }
  },
}

await main(command)
