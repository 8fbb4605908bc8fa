import { defineCommand } from './cli/command.ts'
import { inventoryFileOption, nodeOption, targetOptions } from './cli/common-options.ts'
import { loadCluster } from './cli/load.ts'
import { isProgram, main } from './cli/main.ts'
import { text } from './cli/options.ts'
import { findInside } from './commands/inside.ts'
import { lend } from './targets/containers/engine/engine.ts'

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
    const { engine, container } = await findInside(given, loadCluster(given))
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : []
    const program = given.command === undefined ? ['bash', '--login'] : ['bash', '-c', given.command]
    process.exitCode = await lend(engine, ['exec', '--interactive', ...terminal, container.id, ...program])
  },
})

if (isProgram(import.meta.url)) await main(command)
