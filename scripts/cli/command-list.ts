import { readFileSync } from 'node:fs'
import type { Declaration } from './command.ts'

const clone = new URL('../../', import.meta.url)

/** The commands for users, as listed in package.json. Those for developers are in scripts/project/. */
export async function commandsOfClone(): Promise<readonly Declaration[]> {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', clone), 'utf8'))
  const names = Object.keys(scripts).filter(name => scripts[name] === `node --import tsx scripts/${name}.ts`)
  const modules = await Promise.all(names.map(name => import(new URL(`scripts/${name}.ts`, clone).href)))
  return modules.map(({ command }) => command)
}

/** The summary of each command, by name. */
export async function summariesOfClone(): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await commandsOfClone()).map(({ name, summary }) => [name, summary]))
}
