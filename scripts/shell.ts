import { loadCluster } from './cli/load.ts'
import { type Command, main } from './cli/main.ts'
import { inventoryFileOption, targetOptions, textOf } from './cli/options.ts'
import { findInside } from './commands/inside.ts'
import { lend } from './targets/containers/engine/engine.ts'

const command: Command = {
  name: 'shell',
  summary: 'Opens a shell on a node in a container, or runs one command there.',
  options: {
    ...inventoryFileOption,
    ...targetOptions,
    node: { value: 'NAME', help: 'the node, as status names it' },
    command: { value: 'TEXT', help: 'run this and come back' },
  },
  examples: [
    ['--target local --node c1-leader-1', 'as root'],
    ['--target local --node c1-leader-1 --command df', ''],
  ],
  run: async given => {
    const { engine, container } = await findInside(given, loadCluster(given))
    const text = textOf(given, 'command')
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : []
    const program = text === undefined ? ['bash', '--login'] : ['bash', '-c', text]
    process.exitCode = await lend(engine, ['exec', '--interactive', ...terminal, container.id, ...program])
  },
}

await main(command)
