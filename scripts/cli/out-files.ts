import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { OutFile } from '../embed/format.ts'
import { readBounded, refuseFileError } from './inventory-file.ts'

/**
 * Writes files to a directory, which is created if necessary.
 *
 * @throws Refused
 */
export function writeFiles(folder: string, files: readonly OutFile[]): void {
  try {
    for (const { path, bytes } of files) {
      const file = join(folder, path)
      makeFolder(dirname(file))
      writeFileSync(file, bytes)
    }
  } catch (error) {
    refuseFileError(error, folder, 'the directory cannot be created')
  }
}

// The recursive mkdir of Node.js never returns for paths in /proc, where nothing can be created.
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/**
 * Removes the files of an earlier run from an output directory, so that removed nodes do not leave files behind.
 *
 * @param ending of the files; if undefined, the whole directory is removed
 */
export function clearFolder(folder: string, ending: string | undefined): void {
  try {
    const files = readdirSync(folder).filter(file => file.endsWith(ending ?? ''))
    for (const file of files) rmSync(join(folder, file), { recursive: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') refuseFileError(error, folder)
  }
}

/**
 * Reads a file of the user.
 *
 * @param named the name that the user gave, for the message
 * @throws Refused if it cannot be read
 */
export function readBytes(
  path: string,
  named: string,
): { readonly name: string; readonly bytes: Uint8Array } {
  try {
    return { name: basename(path), bytes: readBounded(path, named) }
  } catch (error) {
    return refuseFileError(error, named)
  }
}
