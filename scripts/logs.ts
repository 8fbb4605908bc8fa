import { defineCommand } from './cli/command.ts'
import { inventoryFileOption, nodeOption, targetOptions } from './cli/common-options.ts'
import { loadToLook } from './cli/load.ts'
import { endWith, isProgram, main } from './cli/main.ts'
import { flag, repeated, text, wholeNumber, withDefault } from './cli/options.ts'

export const command = defineCommand({
  name: 'logs',
  summary: 'show the journal of a node, on EC2 with ssh, or its console',
  options: {
    ...inventoryFileOption,
    ...targetOptions,
    ...nodeOption,
    unit: repeated(text('UNIT', 'systemd unit, such as mesos-master; can be repeated')),
    lines: withDefault(wholeNumber('N', 'number of lines to show', { min: 0, max: 999_999 }), '100'),
    follow: flag('follow new entries'),
    boot: flag('show the console instead, which needs no connection to the node'),
  },
  rules: [
    { option: 'boot', conflictsWith: 'unit' },
    { option: 'boot', conflictsWith: 'follow' },
  ],
  examples: [
    ['--node c1-leader-1 --unit consul', 'one unit of a leader'],
    ['--node i-0123456789abcdef0 --follow', 'an instance of a pool'],
    ['--node c1-leader-1 --boot', 'the console, for example if ssh fails'],
    ['--target local --node c1-leader-1', 'a container'],
  ],
  run: async given => {
    const { node, unit: units, lines, follow, boot } = given
    const { asked, target } = await loadToLook(given)
    endWith(await target.showLogs(asked, node, { units, lines, follow, boot }))
  },
})

if (isProgram(import.meta.url)) await main(command)
