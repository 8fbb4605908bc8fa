import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getSystemErrorMap } from 'node:util'
import { Path } from '../inventory/problem-path.ts'
import { Refused } from '../inventory/problems.ts'
import type { Source } from '../inventory/source.ts'

type Env = Readonly<Record<string, string | undefined>>

/** An inventory that was read, and whether it is the included example because there is no other. */
export interface InventoryFile extends Source {
  readonly isExample: boolean
  /** The directory that file names in the inventory are relative to, and that contains its lock file. */
  readonly folder: string
}

const exampleName = 'inventory.example.yaml'
const examplePath = fileURLToPath(new URL(`../../${exampleName}`, import.meta.url))

/**
 * Reads the named inventory, or else inventory.yaml, or else the example.
 *
 * @throws Refused if it cannot be read
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
    const text = readBounded(path, file)
      .toString()
      .replace(/^\ufeff/, '')
    return { file, text, isExample: false, folder: dirname(resolve(path)) }
  } catch (error) {
    return refuseFileError(error, file, 'file not found; to create it, copy inventory.example.yaml')
  }
}

/**
 * A path relative to the directory of the caller: npm runs scripts in the directory of the project, wherever it is
 * called.
 */
export function fromCall(path: string, env: Env): string {
  return resolve(calledFrom(env), path)
}

function calledFrom({ npm_lifecycle_script, INIT_CWD }: Env): string {
  return npm_lifecycle_script?.includes('scripts/') && INIT_CWD !== undefined ? INIT_CWD : '.'
}

const fileFailures: Readonly<Record<string, string>> = {
  ENOENT: 'file not found',
  EISDIR: 'is a directory; name a file',
  EACCES: 'permission denied; change the permissions',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'part of this path is a file, not a directory; move that file or choose another path',
}

/**
 * Converts an error of the file system to a problem for the user.
 *
 * @param file as named by the user
 * @param missing the message if the file does not exist
 * @throws Refused, or the error itself if it is not an error of the file system
 */
export function refuseFileError(error: unknown, file: string, missing = fileFailures.ENOENT): never {
  const { code = '', errno = 0 } = error as NodeJS.ErrnoException
  const [, said] = getSystemErrorMap().get(errno) ?? []
  const message = code === 'ENOENT' ? missing : (fileFailures[code] ?? said)
  throw message === undefined ? error : new Refused([{ path: Path.root, file, message }])
}

/** Far more than any inventory needs. Limits how much is read from endless files such as /dev/zero. */
const mostBytes = 16 * 2 ** 20

/**
 * Reads a file completely.
 *
 * @throws Refused if it is too large for any of the files that are read here
 */
export function readBounded(path: string, file: string): Buffer {
  const descriptor = openSync(path, 'r')
  const chunks: Buffer[] = []
  try {
    for (let size = 0; ; ) {
      const chunk = Buffer.allocUnsafe(65_536)
      const length = readSync(descriptor, chunk)
      if (length === 0) return Buffer.concat(chunks)
      chunks.push(chunk.subarray(0, length))
      size += length
      if (size > mostBytes) throw new Refused([{ path: Path.root, file, message: 'is larger than 16 MiB' }])
    }
  } finally {
    closeSync(descriptor)
  }
}
