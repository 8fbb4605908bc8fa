import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inFolder } from './folder.ts'
import { median, type Part } from './measure.ts'

const rounds = 15
const project = fileURLToPath(new URL('../../', import.meta.url))
const withTsx = ['--import', 'tsx']
const render = ['scripts/render.ts', '--node', 'cluster1-leader-1', '--inventory', 'inventory.example.yaml']

/** The time that a user waits to render a node from the shell, compared with starting the runtime. */
export async function start(): Promise<Part> {
  const { ours, tsx, loader, node } = await inFolder(folder => {
    const empty = join(folder, 'empty.ts')
    writeFileSync(empty, '')
    return timeAll({
      ours: [process.execPath, ...withTsx, ...render],
      tsx: ['node_modules/.bin/tsx', empty],
      loader: [process.execPath, ...withTsx, empty],
      node: [process.execPath, '-e', '0'],
    })
  })
  return {
    compared: [
      '`node --import tsx scripts/render.ts --node cluster1-leader-1` as a whole process, compared with an empty script in',
      '`tsx` (two processes) and in `node --import tsx` (one process), and with `node -e 0`.',
    ],
    measures: [
      { what: 'render --node, compared with tsx', value: ours / tsx, unit: '×', goal: { atMost: 2 } },
      { what: 'render --node, compared with node --import tsx', value: ours / loader, unit: '×' },
      { what: 'render --node, compared with node', value: ours / node, unit: '×' },
    ],
  }
}

/**
 * The median time of each command, in milliseconds. The commands alternate, so that interference affects all of them.
 */
export function timeAll<Name extends string>(
  commands: Record<Name, readonly string[]>,
): Record<Name, number> {
  const names = Object.keys(commands) as Name[]
  const times = new Map(names.map(name => [name, [] as number[]]))
  // The first round fills caches: tsx caches compiled files.
  for (const name of names) time(commands[name])
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times.get(name)?.push(time(commands[name]))
  }
  return Object.fromEntries([...times].map(([name, all]) => [name, median(all)])) as Record<Name, number>
}

function time([program = '', ...args]: readonly string[]): number {
  const start = performance.now()
  execFileSync(program, args, { cwd: project })
  return performance.now() - start
}
