#!/usr/bin/env node
// The program of the package: `mesos-bakery render …` corresponds to `npm run render -- …` in a clone.
import { extname } from 'node:path'
import { summariesOfClone } from './cli/command-list.ts'
import { rootHelp, versionText } from './cli/help.ts'
import { main } from './cli/main.ts'
import { suggestion } from './inventory/nearest.ts'

/**
 * The summary of each command. scripts/project/dist.ts inserts it, and builds each command into a file next to this
 * one.
 */
declare const SUMMARIES: Readonly<Record<string, string>> | undefined

const summaries = typeof SUMMARIES === 'undefined' ? await summariesOfClone() : SUMMARIES

const [name = '--help'] = process.argv.splice(2, 1)
if (Object.hasOwn(summaries, name)) {
  const { command } = await import(new URL(`${name}${extname(import.meta.url)}`, import.meta.url).href)
  await main(command)
} else if (['--help', '-h', 'help'].includes(name)) process.stdout.write(rootHelp(summaries))
else if (name === '--version') process.stdout.write(versionText())
else {
  const names = Object.keys(summaries)
  const known = suggestion(name, names) ?? `the commands are ${names.join(', ')}`
  process.stderr.write(`error: unknown command ${name}; ${known}\n`)
  process.exitCode = 2
}
