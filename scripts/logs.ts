import { loadToLook } from './cli/load.ts'
import { type Command, endWith, main } from './cli/main.ts'
import {
  inventoryFileOption,
  Misused,
  nodeOption,
  readNode,
  targetOptions,
  textOf,
  textsOf,
} from './cli/options.ts'

const command: Command = {
  name: 'logs',
  summary: 'Shows the journal of a node in a container.',
  options: {
    ...inventoryFileOption,
    ...targetOptions,
    ...nodeOption,
    unit: { value: 'UNIT', multiple: true, help: 'only this unit, such as mesos-master' },
    lines: { value: 'N', help: 'how many of the last lines; 100' },
    follow: { help: 'go on with what comes' },
  },
  examples: [
    ['--target local --node c1-leader-1', 'the last'],
    ['--target local --node c1-leader-1 --unit consul', 'of one unit'],
  ],
  run: async given => {
    const node = readNode(given)
    const lines = textOf(given, 'lines') ?? '100'
    if (!/^\d{1,6}$/.test(lines)) throw new Misused(`--lines takes a number, got ${JSON.stringify(lines)}`)
    const { asked, target } = await loadToLook(given)
    const which = { units: textsOf(given, 'unit'), lines: Number(lines), follow: given.follow === true }
    endWith(await target.showLogs(asked, node, which))
  },
}

await main(command)
