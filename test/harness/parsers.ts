import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { consul } from './consul.ts'
import { fileIn, readDocument } from './documents.ts'
import { BASE_IMAGE, podmanEnv } from './podman.ts'
import { runProgram } from './programs.ts'

// The parsers of the daemons themselves, each run once for many documents.

const source = (name: string) => fileURLToPath(new URL(`parsers/${name}`, import.meta.url))

/** What goes wrong where cloud-init's modules write the files of a document, and systemd reads them. */
function bootErrors(documents: readonly string[]): readonly (readonly string[])[] {
  const run = ['run', '--rm', '--interactive', '--entrypoint', 'python3', BASE_IMAGE]
  const { stdout, stderr } = spawnSync('podman', [...run, '-c', readFileSync(source('boot.py'), 'utf8')], {
    env: { ...process.env, ...podmanEnv },
    input: JSON.stringify(documents),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (!stdout.startsWith('[')) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** What ZooKeeper says of each `zoo.cfg`, with a data directory that has a seat’s number: `ok`, or what is wrong. */
function zooKeeperAnswers(configurations: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-zoo-'))
  writeFileSync(join(folder, 'myid'), '1\n')
  const paths = configurations.map((text, index) => {
    const path = join(folder, `${index}.cfg`)
    writeFileSync(path, text.replace(/^dataDir=.*$/m, `dataDir=${folder}`))
    return path
  })
  const java = ['-cp', '/usr/share/java/*', source('ZooCfg.java')]
  const { output } = runProgram('java', java, paths.map(path => `${path}\n`).join(''))
  const answers = output.split('\n').filter(line => line !== '' && !line.startsWith('SLF4J'))
  if (answers.length !== paths.length) throw new Error(output)
  return answers
}

/** What Consul says of the configuration in a document; empty when it is valid. */
function consulError(document: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-consul-'))
  writeFileSync(join(folder, 'image.json'), '{"data_dir":"/var/lib/consul","bind_addr":"127.0.0.1"}')
  for (const { path, content } of readDocument(document).write_files) {
    if (path.startsWith('/etc/consul.d/')) writeFileSync(join(folder, basename(path)), content)
  }
  const { code, output } = runProgram(consul, ['validate', folder])
  return code === 0 ? '' : output
}

/** Everything that the parsers have against some documents, by the index of the document. */
export function parserErrors(documents: readonly string[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>()
  const blame = (index: number, error: string) => found.set(index, [...(found.get(index) ?? []), error])
  for (const [index, errors] of bootErrors(documents).entries()) for (const one of errors) blame(index, one)
  const zoo = [...shared(documents, zooText)].filter(([text]) => text !== '')
  for (const [at, answer] of zooKeeperAnswers(zoo.map(([text]) => text)).entries()) {
    if (answer !== 'ok') for (const index of zoo[at]?.[1] ?? []) blame(index, `zookeeper: ${answer}`)
  }
  for (const [, users] of shared(documents, consulText)) {
    const error = consulError(documents[users[0] ?? 0] ?? '')
    if (error !== '') for (const index of users) blame(index, `consul: ${error}`)
  }
  return found
}

const zooText = (document: string) => fileIn(readDocument(document), '/etc/zookeeper/conf/zoo.cfg')

const consulText = (document: string) =>
  readDocument(document)
    .write_files.filter(({ path }) => path.startsWith('/etc/consul.d/'))
    .map(({ content }) => content)
    .join('\n')

/** The documents that share a text, by the text. */
function shared(documents: readonly string[], textOf: (document: string) => string) {
  const users = new Map<string, number[]>()
  for (const [index, document] of documents.entries()) {
    const text = textOf(document)
    users.set(text, [...(users.get(text) ?? []), index])
  }
  return users
}
