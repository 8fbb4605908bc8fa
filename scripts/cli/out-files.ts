import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { OutFile } from '../embed/format.ts'
import { readBounded, refuseFileError } from './inventory-file.ts'

/**
 * Writes files into a folder, which is made.
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

// Node's own recursive mkdir never returns below /proc, where nothing can be created.
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/**
 * Removes from a folder of ours what an earlier run has written: nodes that are no more mustn't be taken for nodes
 * that are.
 *
 * @param ending of the files; without it all of the folder goes
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
 * Reads a file of a person's.
 *
 * @param named how the person called it, for the message
 * @throws Refused when it can't be read
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
