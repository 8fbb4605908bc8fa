import { defineCommand } from './cli/command.ts'
import { inventoryFileOption, nodeOption, targetOptions } from './cli/common-options.ts'
import { loadToLook } from './cli/load.ts'
import { endWith, isProgram, main } from './cli/main.ts'
import { text } from './cli/options.ts'

export const command = defineCommand({
  name: 'shell',
  summary: 'open a shell on a node, or run one command there; on EC2 with ssh',
  options: {
    ...inventoryFileOption,
    ...targetOptions,
    ...nodeOption,
    command: text('COMMAND', 'command to run instead of a login shell'),
  },
  examples: [
    ['--node c1-leader-1', 'a leader'],
    ['--node i-0123456789abcdef0 --command df', 'an instance of a pool'],
    ['--target local --node c1-leader-1', 'a container'],
  ],
  run: async given => {
    const { command, node } = given
    const { asked, target } = await loadToLook(given)
    const onTerminal = process.stdin.isTTY && process.stdout.isTTY
    endWith(await target.openShell(asked, node, { command, onTerminal }))
  },
})

if (isProgram(import.meta.url)) await main(command)
