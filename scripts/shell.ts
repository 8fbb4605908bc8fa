import { defineCommand } from './cli/command.ts'
import { inventoryFileOption, nodeOption, targetOptions } from './cli/common-options.ts'
import { loadToLook } from './cli/load.ts'
import { endWith, isProgram, main } from './cli/main.ts'
import { text } from './cli/options.ts'

export const command = defineCommand({
  name: 'shell',
  summary: 'open a shell on a node in a container, or run one command there',
  options: {
    ...inventoryFileOption,
    ...targetOptions,
    ...nodeOption,
    command: text('COMMAND', 'command to run instead of a login shell'),
  },
  examples: [
    ['--target local --node c1-leader-1', ''],
    ['--target local --node c1-leader-1 --command df', ''],
  ],
  run: async given => {
    const { command, node } = given
    const { asked, target } = await loadToLook(given)
    const onTerminal = process.stdin.isTTY && process.stdout.isTTY
    endWith(await target.openShell(asked, node, { command, onTerminal }))
  },
})

if (isProgram(import.meta.url)) await main(command)
