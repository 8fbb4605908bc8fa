#!/usr/bin/env node
// The program of the package: `mesos-bakery render …` is `npm run render -- …` in a clone.
import { suggestion } from './inventory/nearest.ts'

const commands: Readonly<Record<string, () => Promise<unknown>>> = {
  render: () => import('./render.ts'),
  bake: () => import('./bake.ts'),
  launch: () => import('./launch.ts'),
  status: () => import('./status.ts'),
  logs: () => import('./logs.ts'),
  shell: () => import('./shell.ts'),
  destroy: () => import('./destroy.ts'),
  check: () => import('./check.ts'),
  explain: () => import('./explain.ts'),
}

const help = `One inventory in, a running Apache Mesos cluster out.

mesos-bakery COMMAND [options]

  ${Object.keys(commands).join(', ')}

mesos-bakery COMMAND --help tells of one.
`

const [name = '--help'] = process.argv.splice(2, 1)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
if (command !== undefined) await command()
else if (name === '--help' || name === 'help') process.stdout.write(help)
else {
  const known = suggestion(name, Object.keys(commands)) ?? `there are ${Object.keys(commands).join(', ')}`
  process.stderr.write(`error: there is no command ${name}; ${known}\n`)
  process.exitCode = 2
}
