import { defineCommand } from './cli/command.ts'
import { inventoryFileOption, nodeOption, targetOptions } from './cli/common-options.ts'
import { loadToLook } from './cli/load.ts'
import { endWith, isProgram, main } from './cli/main.ts'
import { flag, repeated, text, wholeNumber, withDefault } from './cli/options.ts'

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
    const { node, unit: units, lines, follow } = given
    const { asked, target } = await loadToLook(given)
    endWith(await target.showLogs(asked, node, { units, lines, follow }))
  },
})

if (isProgram(import.meta.url)) await main(command)
