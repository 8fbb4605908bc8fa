import { defineCommand } from './cli/command.ts'
import {
  inventoryOptions,
  nodeOption,
  overrideOptions,
  targetOptions,
  yesOption,
} from './cli/common-options.ts'
import { loadInventory } from './cli/load.ts'
import { isProgram, main } from './cli/main.ts'
import { duration, Misused } from './cli/options.ts'
import { replaceLocal } from './commands/replace-local.ts'

export const command = defineCommand({
  name: 'replace',
  summary: 'replace one node: terminate it, launch it again, and wait',
  options: {
    ...inventoryOptions,
    ...targetOptions,
    ...overrideOptions,
    ...nodeOption,
    ...yesOption,
    timeout: duration('how long to wait for the cluster to become healthy', '10m'),
  },
  examples: [['--target local --node c1-leader-1', '']],
  run: async given => {
    const inventory = await loadInventory(given)
    if (inventory.cluster.target !== 'local') {
      throw new Misused('replace works with --target local only')
    }
    await replaceLocal(given, inventory)
  },
})

if (isProgram(import.meta.url)) await main(command)
