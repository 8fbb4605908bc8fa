import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Refused } from '../inventory/problems.ts'
import type { Source } from '../inventory/source.ts'

type Env = Readonly<Record<string, string | undefined>>

/** An inventory that was read, and whether it is the product's example for want of another. */
export interface InventoryFile extends Source {
  readonly isExample: boolean
  /** Where the files that it names are looked for, and its lock file is. */
  readonly folder: string
}

const exampleName = 'inventory.example.yaml'
const examplePath = fileURLToPath(new URL(`../../${exampleName}`, import.meta.url))

/**
 * Reads the inventory that was named, or else inventory.yaml, or else the example.
 *
 * @throws Refused when it can't be read
 */
export function readInventory(named: string | undefined, env: Env): InventoryFile {
  if (named !== undefined) return read(fromCall(named, env), named)
  const own = [calledFrom(env), '.']
    .map(folder => join(folder, 'inventory.yaml'))
    .find(file => existsSync(file))
  if (own !== undefined) return read(own, 'inventory.yaml')
  return { ...read(examplePath, exampleName), isExample: true, folder: resolve(calledFrom(env)) }
}

function read(path: string, file: string): InventoryFile {
  try {
    const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '')
    return { file, text, isExample: false, folder: dirname(resolve(path)) }
  } catch (error) {
    return refuseFileError(error, file)
  }
}

/** A path as the person who called meant it: npm runs a script in the project's folder, wherever it was called. */
export function fromCall(path: string, env: Env): string {
  return resolve(calledFrom(env), path)
}

function calledFrom({ npm_lifecycle_script, INIT_CWD }: Env): string {
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

/**
 * Throws what a person can mend of an error with a file.
 *
 * @throws Refused
 */
export function refuseFileError(error: unknown, file: string): never {
  const message = fileFailures[(error as NodeJS.ErrnoException).code ?? '']
  throw message === undefined ? error : new Refused([{ path: '', file, message }])
}
