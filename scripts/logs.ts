import { defineCommand } from './cli/command.ts'
import { inventoryFileOption, nodeOption, targetOptions } from './cli/common-options.ts'
import { loadCluster } from './cli/load.ts'
import { isProgram, main } from './cli/main.ts'
import { flag, repeated, text, wholeNumber, withDefault } from './cli/options.ts'
import { findInside } from './commands/inside.ts'
import { lend } from './targets/containers/engine/engine.ts'

export const command = defineCommand({
  name: 'logs',
  summary: 'show the logs of a node in a container',
  options: {
    ...inventoryFileOption,
    ...targetOptions,
    ...nodeOption,
    unit: repeated(text('UNIT', 'systemd unit, such as mesos-master; can be repeated')),
    lines: withDefault(wholeNumber('N', 'number of lines to show', { min: 0, max: 999_999 }), '100'),
    follow: flag('follow new entries'),
  },
  examples: [
    ['--target local --node c1-leader-1', ''],
    ['--target local --node c1-leader-1 --unit consul', 'one unit'],
  ],
  run: async given => {
    const { engine, container } = await findInside(given, loadCluster(given))
    const units = given.unit.flatMap(unit => ['--unit', unit])
    const follow = given.follow ? ['--follow'] : []
    const journal = ['journalctl', '--no-pager', '--lines', String(given.lines), ...units, ...follow]
    process.exitCode = await lend(engine, ['exec', container.id, ...journal])
  },
})

if (isProgram(import.meta.url)) await main(command)
