import { loadToLook } from './cli/load.ts'
import { type Command, endWith, main } from './cli/main.ts'
import { inventoryFileOption, nodeOption, readNode, targetOptions, textOf } from './cli/options.ts'

const command: Command = {
  name: 'shell',
  summary: 'Opens a shell on a node in a container, or runs one command there.',
  options: {
    ...inventoryFileOption,
    ...targetOptions,
    ...nodeOption,
    command: { value: 'TEXT', help: 'run this and come back' },
  },
  examples: [
    ['--target local --node c1-leader-1', 'as root'],
    ['--target local --node c1-leader-1 --command df', ''],
  ],
  run: async given => {
    const node = readNode(given)
    const { asked, target } = await loadToLook(given)
    const onTerminal = process.stdin.isTTY && process.stdout.isTTY
    endWith(await target.openShell(asked, node, { command: textOf(given, 'command'), onTerminal }))
  },
}

await main(command)
