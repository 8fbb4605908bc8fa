#!/usr/bin/env node
// The program of the package: `mesos-bakery render …` is `npm run render -- …` of a clone.
import { suggestion } from './inventory/nearest.ts'

/** The commands of package.json; scripts/project/dist.ts puts them here, and each into a file beside this one. */
declare const COMMANDS: readonly string[]

const help = `One inventory in, a running Apache Mesos cluster out.

mesos-bakery COMMAND [options]

  ${COMMANDS.join(', ')}

mesos-bakery COMMAND --help tells of one.
`

const [name = '--help'] = process.argv.splice(2, 1)
if (COMMANDS.includes(name)) await import(new URL(`${name}.js`, import.meta.url).href)
else if (name === '--help' || name === 'help') process.stdout.write(help)
else {
  const known = suggestion(name, COMMANDS) ?? `there are ${COMMANDS.join(', ')}`
  process.stderr.write(`error: there is no command ${name}; ${known}\n`)
  process.exitCode = 2
}
