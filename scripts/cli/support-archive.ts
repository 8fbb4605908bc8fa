import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { draftOf } from '../cluster/draft.ts'
import { resolveCluster } from '../cluster/resolve.ts'
import { leftSecrets, maskedTexts, nodeScript, type Recorded, type Texts } from '../doctor/archive.ts'
import type { Examined } from '../doctor/examined.ts'
import { parseInventory } from '../inventory/parse.ts'
import { Path } from '../inventory/problem-path.ts'
import { Refused } from '../inventory/problems.ts'
import type { Source } from '../inventory/source.ts'
import { quoteWord, runProgram } from '../programs/run-program.ts'
import type { Asked, Target } from '../targets/target.ts'
import { refuseFileError } from './inventory-file.ts'

const record = 'observed.json'
const inventory = 'inventory.yaml'

/** How many followers are asked for their journal, because a large pool has many alike. */
const mostFollowers = 10

/** Runs the script as root, also where the user of the session is not root. */
const asRoot = `s=; [ "$(id -u)" = 0 ] || s='sudo -n'; $s sh -c ${quoteWord(nodeScript)}`

/** The journal, the configuration and the state of each node that can be reached: those with findings first. */
export async function textsOfNodes(
  asked: Asked,
  target: Target,
  { nodes }: Pick<Examined, 'nodes'>,
  named: ReadonlySet<string>,
): Promise<Texts> {
  const running = nodes.filter(({ state }) => state === 'running').map(({ name, leads }) => ({ name, leads }))
  const followers = running
    .filter(({ leads }) => !leads)
    .toSorted((a, b) => Number(named.has(b.name)) - Number(named.has(a.name)))
  const some = [...running.filter(({ leads }) => leads), ...followers.slice(0, mostFollowers)]
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-support-'))
  try {
    const texts = some.map(async ({ name }) => {
      const text = await textOfNode(asked, target, name, join(folder, name))
      return [`nodes/${name}.txt`, text] as const
    })
    return new Map(await Promise.all(texts))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function textOfNode(asked: Asked, target: Target, node: string, file: string): Promise<string> {
  const output = openSync(file, 'w', 0o600)
  try {
    const code = await target.openShell(asked, node, { command: asRoot, onTerminal: false, output })
    const text = readFileSync(file, 'utf8')
    return code === 0 ? text : `${text}\nthe session ended with exit code ${code}\n`
  } catch (error) {
    if (error instanceof Refused) return `not available: ${error.message}\n`
    throw error
  } finally {
    closeSync(output)
  }
}

/**
 * Writes an archive without secrets.
 *
 * @throws Refused if a text still contains what looks like a secret
 */
export async function writeArchive(file: string, recorded: Recorded, source: Source, others: Texts) {
  const texts = maskedTexts(
    new Map([[record, JSON.stringify(recorded, null, 2)], [inventory, source.text], ...others]),
  )
  const left = leftSecrets(texts)
  if (left.length > 0) {
    const message = 'the archive would contain a secret that could not be removed; nothing was written'
    throw new Refused(left.map(where => ({ path: Path.outside(where), message })))
  }
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-support-'))
  try {
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text, { mode: 0o600 })
    }
    openNew(`${file}.partial`)
    await tar(['--create', '--gzip', '--file', `${file}.partial`, '--directory', folder, ...topsOf(texts)])
    renameSync(`${file}.partial`, file)
  } finally {
    rmSync(folder, { recursive: true })
  }
  return [...texts.keys()]
}

const topsOf = (texts: Texts) => [...new Set([...texts.keys()].map(path => path.split('/')[0] ?? path))]

function openNew(path: string): void {
  try {
    closeSync(openSync(path, 'w', 0o600))
  } catch (error) {
    refuseFileError(error, path)
  }
}

async function tar(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram('tar', args)
  if (code === 0) return stdout
  const why = code === 127 ? 'tar not found; install it' : stderr.trim()
  throw new Refused([{ path: Path.outside('tar'), message: why }])
}

/** What an archive recorded, and the inventory in it. */
export interface Opened {
  readonly examined: Examined
  readonly source: Source
  readonly recorded: Recorded
}

/**
 * Opens an archive. Nothing of it is written to a disk.
 *
 * @throws Refused if it is not an archive of `npm run support`
 */
export async function openArchive(path: string, named: string): Promise<Opened> {
  const read = (file: string) => tar(['--extract', '--gzip', '--to-stdout', '--file', path, file])
  const recorded = parseRecord(await read(record), named)
  const source = { file: recorded.inventory, text: await read(inventory) }
  const parsed = parseInventory(source.text, source.file)
  const cluster = resolveCluster(parsed, { value: recorded.overrides, problems: [] })
  const examined = { ...recorded.observed, cluster, draft: draftOf(parsed.value, recorded.overrides) }
  return { examined, source, recorded }
}

function parseRecord(text: string, named: string): Recorded {
  const other = (message: string) => new Refused([{ path: Path.outside(named), message }])
  try {
    const recorded: Recorded = JSON.parse(text)
    if (recorded.format === 1) return recorded
  } catch {
    throw other('is not an archive of npm run support')
  }
  throw other('was written by another release of mesos-bakery; use that release to read it')
}
