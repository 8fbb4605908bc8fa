import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cluster } from '../cluster/cluster.ts'
import { resolveCluster } from '../cluster/resolve.ts'
import { parseInventory } from '../inventory/parse.ts'
import { Refused } from '../inventory/problems.ts'
import { compileTemplates, type Templates } from '../user-data/templates.ts'
import { env, say } from './main.ts'
import { type Given, overridesOf, textOf } from './options.ts'

const product = new URL('../../', import.meta.url)

/** Reads and resolves the inventory that was named, or the one that is there. */
export function loadCluster(given: Given): Cluster {
  const overrides = overridesOf(given)
  const { file, text } = readInventory(textOf(given, 'inventory'))
  return resolveCluster(parseInventory(text, file), overrides)
}

function readInventory(named: string | undefined): { file: string; text: string } {
  if (named !== undefined) return { file: named, text: readOrRefuse(resolve(calledFrom(), named), named) }
  const own = [calledFrom(), '.'].map(folder => join(folder, 'inventory.yaml')).find(file => existsSync(file))
  if (own !== undefined) return { file: 'inventory.yaml', text: readOrRefuse(own, 'inventory.yaml') }
  say('no inventory.yaml here: using inventory.example.yaml')
  const example = fileURLToPath(new URL('inventory.example.yaml', product))
  return { file: 'inventory.example.yaml', text: readOrRefuse(example, 'inventory.example.yaml') }
}

// npm runs a script in the project's folder, wherever it was called.
function calledFrom(): string {
  const { npm_lifecycle_script, INIT_CWD } = env()
  return npm_lifecycle_script?.includes('scripts/') && INIT_CWD !== undefined ? INIT_CWD : '.'
}

const fileFailures: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; copy inventory.example.yaml to begin one',
  EISDIR: 'is a folder, not a file; name the inventory in it',
  EACCES: 'is closed to you; change its permissions',
  EROFS: 'is on a disk that can only be read',
  ENOSPC: 'can not be written: the disk is full',
  ENOTDIR: 'a part of this path is a file, not a folder; move it away',
  EEXIST: 'is a file where a folder is needed; move it away',
}

function readOrRefuse(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return refuseFileError(error, file)
  }
}

/**
 * Throws what a person can mend of an error with a file.
 *
 * @throws Refused
 */
export function refuseFileError(error: unknown, file: string): never {
  const message = fileFailures[(error as NodeJS.ErrnoException).code ?? '']
  throw message === undefined ? error : new Refused([{ path: '', file, message }])
}

/** Reads and compiles the templates of cloud-init/. */
export function loadTemplates(): Templates {
  const folder = fileURLToPath(new URL('cloud-init/', product))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.yaml.ejs'),
  )
  const sources = files.map(file => [
    file.slice(0, -'.yaml.ejs'.length).replaceAll('\\', '/'),
    readFileSync(resolve(folder, file), 'utf8'),
  ])
  return compileTemplates(Object.fromEntries(sources))
}
