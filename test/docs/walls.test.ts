import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import test from 'ava'

// Checks every import in scripts/ against the table of modules in docs/design.md.

interface Room {
  /** `inventory/`, `targets/list.ts`, or `*.ts` for the commands. */
  readonly name: string
  readonly allowed: readonly string[]
}

function readRooms(): readonly Room[] {
  const rows = readFileSync('docs/design.md', 'utf8').matchAll(/^\| (`[^|]+) \| [^|]+ \| ([^|]+) \|$/gm)
  return [...rows].flatMap(([, names = '', allowed = '']) =>
    wordsIn(names).map(name => ({ name, allowed: allowed.trim() === 'all' ? ['all'] : wordsIn(allowed) })),
  )
}

const wordsIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)

const rooms = readRooms()

/** The modules that a module may import: those in the table, and what these may import. */
function reachOf({ allowed }: Room): ReadonlySet<string> {
  const reach = new Set(allowed)
  for (const name of reach)
    for (const other of rooms.find(room => room.name === name)?.allowed ?? []) reach.add(other)
  return reach
}

/** The module of a file: the one with the longest matching name. */
function roomOf(file: string): Room | undefined {
  const fits = ({ name }: Room) =>
    name === '*.ts' ? dirname(file) === '.' : file === name || (name.endsWith('/') && file.startsWith(name))
  return rooms.filter(fits).toSorted((a, b) => b.name.length - a.name.length)[0]
}

const files = readdirSync('scripts', { recursive: true, encoding: 'utf8' }).filter(file =>
  file.endsWith('.ts'),
)

const imports = files.flatMap(file => {
  const text = readFileSync(join('scripts', file), 'utf8')
  const found = text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)
  return [...found].map(([, to = '']) => ({ file, to: join(dirname(file), to) }))
})

test('every file is in a module, and every module has files', t => {
  t.true(rooms.length > 10)
  t.deepEqual(
    files.filter(file => roomOf(file) === undefined),
    [],
  )
  t.deepEqual(
    rooms.filter(room => !files.some(file => roomOf(file) === room)),
    [],
  )
})

test('every import is allowed by the table', t => {
  const wrong = imports.filter(({ file, to }) => {
    const [from, other] = [roomOf(file), roomOf(to)]
    if (from === undefined || from === other || from.allowed.includes('all')) return false
    return !reachOf(from).has(other?.name ?? to)
  })
  t.deepEqual(
    wrong.map(({ file, to }) => `${file} imports ${to}`),
    [],
  )
})

test('imports from outside scripts/ are limited to the flags and the metadata of the package', t => {
  t.deepEqual(
    imports.filter(({ to }) => to.startsWith('..')),
    [],
  )
})

test('files in different modules have different names, except for the two halves of a resource', t => {
  const twins = [...new Set(files.map(file => basename(file)))]
    .map(name => files.filter(file => basename(file) === name).toSorted((a, b) => a.length - b.length))
    .filter(([first = '', second = first, ...more]) => {
      const halves = dirname(dirname(second)) === dirname(first)
      return second !== first && (more.length > 0 || !halves)
    })
  t.deepEqual(twins, [])
})

test('no module above the targets names a target', t => {
  const names = /(['"`])(aws|ec2|local|podman|docker)\1/
  // The output for other tools is for EC2 only. Mesos has a containerizer and a flag named docker, and an authorizer
  // named local.
  const exempt = (file: string) => /^(targets|image|embed|library|project)\//.test(file)
  const ofMesos = /containerizers|authorizer|docker_kill_orphans/
  const wrong = files
    .filter(file => !exempt(file))
    .flatMap(file =>
      readFileSync(join('scripts', file), 'utf8')
        .split('\n')
        .filter(line => !ofMesos.test(line))
        .filter(line => names.test(line) || /from '.*\/(ec2|containers|engine)\//.test(line))
        .map(line => `${file}: ${line.trim()}`),
    )
  t.deepEqual(wrong, [])
})
