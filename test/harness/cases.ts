import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** The folder of golden cases: an inventory goes in, the files under expected/ come out. */
const folder = 'test/cases'

export const cases = readdirSync(folder)
  .filter(name => name !== 'bad')
  .sort()

/** The text of a case's inventory. */
export function inventoryOf(name: string): string {
  return readFileSync(join(folder, name, 'inventory.yaml'), 'utf8')
}

/** The files that a case expects, by name. */
export function expectedFiles(name: string): ReadonlyMap<string, string> {
  const place = join(folder, name, 'expected')
  const files = existsSync(place) ? readdirSync(place).sort() : []
  return new Map(files.map(file => [file, readFileSync(join(place, file), 'utf8')]))
}

/**
 * Compares files with a golden folder, byte for byte: none missing, none too many.
 * `GOLDEN=write npm test` makes the folder what the files are.
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

/** An inventory with problems, and what `check` prints about it. test/cases/bad/README.md describes the files. */
export interface BadCase {
  readonly name: string
  readonly file: string
  /** The case up to what is printed, as it stands in its file. */
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

/** Compares one text with a golden file. */
export function compareWithFile(t: ExecutionContext, file: string, text: string): void {
  if (process.env.GOLDEN === 'write') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  t.is(text, readFileSync(file, 'utf8'), file)
}
