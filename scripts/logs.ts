import { loadCluster } from './cli/load.ts'
import { type Command, main } from './cli/main.ts'
import { inventoryFileOption, Misused, targetOptions, textOf } from './cli/options.ts'
import { findInside } from './commands/inside.ts'
import { lend } from './targets/containers/engine/engine.ts'

const command: Command = {
  name: 'logs',
  summary: 'Shows the journal of a node in a container.',
  options: {
    ...inventoryFileOption,
    ...targetOptions,
    node: { value: 'NAME', help: 'the node, as status names it' },
    unit: { value: 'UNIT', multiple: true, help: 'only this unit, such as mesos-master' },
    lines: { value: 'N', help: 'how many of the last lines; 100' },
    follow: { help: 'go on with what comes' },
  },
  examples: [
    ['--target local --node c1-leader-1', 'the last'],
    ['--target local --node c1-leader-1 --unit consul', 'of one unit'],
  ],
  run: async given => {
    const lines = textOf(given, 'lines') ?? '100'
    if (!/^\d{1,6}$/.test(lines)) throw new Misused(`--lines takes a number, got ${JSON.stringify(lines)}`)
    const { engine, container } = await findInside(given, loadCluster(given))
    const units = [given.unit ?? []].flat().flatMap(unit => ['--unit', String(unit)])
    const follow = given.follow === true ? ['--follow'] : []
    const journal = ['journalctl', '--no-pager', '--lines', lines, ...units, ...follow]
    process.exitCode = await lend(engine, ['exec', container.id, ...journal])
  },
}

await main(command)
