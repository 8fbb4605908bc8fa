import { loadInventory } from './cli/load.ts'
import { type Command, main } from './cli/main.ts'
import { inventoryOptions, Misused, overrideOptions, readTimeout, targetOptions } from './cli/options.ts'
import { replaceLocal } from './commands/replace-local.ts'

const command: Command = {
  name: 'replace',
  summary: 'Gives a node another machine: terminates, launches the same seat, waits.',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    node: { value: 'NAME', help: 'the node, as status names it' },
    yes: { help: 'do not ask' },
    timeout: { value: 'TIME', help: 'how long the cluster may take to be well; 10m' },
  },
  examples: [['--target local --node c1-leader-1', 'if it can be spared']],
  run: async given => {
    const timeout = readTimeout(given, '10m')
    const inventory = await loadInventory(given)
    if (inventory.cluster.target !== 'local') {
      throw new Misused('only nodes in containers can be replaced as yet; say --target local')
    }
    await replaceLocal(given, inventory, timeout)
  },
}

await main(command)
