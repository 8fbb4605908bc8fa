import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** The directory of golden cases: each has an inventory and the expected files in expected/. */
const folder = 'test/cases'

export const cases = readdirSync(folder)
  .filter(name => name !== 'bad')
  .sort()

/** The inventory of a case. */
export function inventoryOf(name: string): string {
  return readFileSync(join(folder, name, 'inventory.yaml'), 'utf8')
}

/** The expected files of a case, by name. */
export function expectedFiles(name: string): ReadonlyMap<string, string> {
  const place = join(folder, name, 'expected')
  const files = existsSync(place) ? readdirSync(place).sort() : []
  return new Map(files.map(file => [file, readFileSync(join(place, file), 'utf8')]))
}

/**
 * Compares files with a golden directory, byte for byte. Missing and additional files are errors. `GOLDEN=write npm
 * test` writes the files to the directory.
 */
export function compareWithGolden(
  t: ExecutionContext,
  name: string,
  files: ReadonlyMap<string, string>,
): void {
  if (process.env.GOLDEN === 'write') writeGolden(join(folder, name, 'expected'), files)
  const expected = expectedFiles(name)
  t.deepEqual([...files.keys()].sort(), [...expected.keys()], `the files of ${name}`)
  for (const [file, text] of files) t.is(text, expected.get(file) ?? '', file)
}

/** An inventory with problems, and the expected output of `check`. test/cases/bad/README.md describes the files. */
export interface BadCase {
  readonly name: string
  readonly file: string
  /** The part of the file before the expected output. */
  readonly head: string
  readonly inventory: string
}

const badFolder = join(folder, 'bad')

export const badCases: readonly BadCase[] = readdirSync(badFolder)
  .filter(file => file.endsWith('.txt'))
  .sort()
  .map(readBadCase)

function readBadCase(name: string): BadCase {
  const file = join(badFolder, name)
  const parts = /^(.*?)^\$ npm run check$\n/ms.exec(readFileSync(file, 'utf8'))
  if (parts === null) throw new Error(`${file} has no line $ npm run check`)
  const [head, input = ''] = parts
  const base = readFileSync(join(badFolder, 'base.yaml'), 'utf8')
  return {
    name: name.replace('.txt', ''),
    file,
    head,
    inventory: input.replace('<base.yaml>\n', base),
  }
}

function writeGolden(place: string, files: ReadonlyMap<string, string>): void {
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  for (const [file, text] of files) writeFileSync(join(place, file), text)
}

/** Compares a text with a golden file. */
export function compareWithFile(t: ExecutionContext, file: string, text: string): void {
  if (process.env.GOLDEN === 'write') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  t.is(text, readFileSync(file, 'utf8'), file)
}
