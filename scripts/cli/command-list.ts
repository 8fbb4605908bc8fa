import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Declaration } from './command.ts'

const clone = new URL('../../', import.meta.url)

/** The names of the commands for users, as listed in package.json. Those for developers are in scripts/project/. */
export function commandNames(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', clone), 'utf8'))
  return Object.keys(scripts).filter(name => scripts[name] === `node --import tsx scripts/${name}.ts`)
}

/** The declarations of commands, from the files next to the one with a URL. */
export async function commandsNextTo(url: string, names: readonly string[]): Promise<readonly Declaration[]> {
  const modules = await Promise.all(names.map(name => import(new URL(`${name}${extname(url)}`, url).href)))
  return modules.map(({ command }) => command)
}

/** The declarations of the commands for users. */
export function commandsOfClone(): Promise<readonly Declaration[]> {
  return commandsNextTo(new URL('scripts/any.ts', clone).href, commandNames())
}

/** The summary of each command, by name. */
export async function summariesOfClone(): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await commandsOfClone()).map(({ name, summary }) => [name, summary]))
}
