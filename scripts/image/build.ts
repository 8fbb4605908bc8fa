import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stopped } from '../cli/main.ts'
import { type Env, quoteWord } from '../programs/run-program.ts'
import type { Bakery } from './bakery.ts'
import { buildWithPacker, type PackerEnd, validateWithPacker } from './packer.ts'
import { lastWords, type PackerEvent, shortLines } from './packer-output.ts'
import { packerFolder } from './sources.ts'
import type { PackerVariables } from './var-file.ts'

/** What is to be built, and where what it leaves goes. */
export interface Build {
  readonly source: 'amazon-ebs.machine' | 'docker.container'
  readonly variables: PackerVariables
  /** `build/<image>/<architecture or local>`: the variables, the log and the package list. */
  readonly folder: string
  readonly env: Env
}

/** Who watches a build, and who may stop it. */
export interface Watch {
  readonly tell: (line: string) => void
  readonly verbose: boolean
  readonly signal: AbortSignal
}

/** The file to which a build downloads the list of what is installed. */
export function packagesFile(folder: string): string {
  return join(folder, 'packages.txt')
}

/**
 * Looks for mistakes in a build without doing any of it, as Packer does again when it builds.
 *
 * @throws Stopped with what Packer finds
 */
export async function validate(todo: Build): Promise<void> {
  await validateWithPacker(prepare(todo), todo.env)
}

/**
 * Lets Packer build.
 *
 * @throws Stopped with Packer's last words
 */
export async function build(todo: Build, watch: Watch): Promise<PackerEnd> {
  const { folder, env } = todo
  const args = prepare(todo)
  rmSync(packagesFile(folder), { force: true })
  const log = join(folder, 'packer.log')
  const end = await buildWithPacker(args, { env, log, tell: teller(watch), signal: watch.signal })
  if (end.code === 0) return end
  watch.signal.throwIfAborted()
  const last = lastWords(end.last)
    .map(line => `  ${line}`)
    .join('\n')
  throw new Stopped(`Packer ended with ${end.code}; all that it said is in ${log}; last:\n${last}`)
}

/** Writes the variables down. @returns what Packer is called with */
function prepare({ source, folder, variables }: Build): readonly string[] {
  const varFile = join(folder, 'variables.pkrvars.json')
  mkdirSync(folder, { recursive: true })
  writeFileSync(varFile, `${JSON.stringify(variables, null, 2)}\n`)
  return [`-only=${source}`, `-var-file=${varFile}`, packerFolder]
}

function teller({ tell, verbose }: Watch): (event: PackerEvent) => void {
  const short = shortLines()
  return event => {
    const line = verbose ? event.kind !== 'made' && event.text : short(event)
    if (line) tell(line)
  }
}

/** An environment in which `docker` is the engine that was found, and labels what it runs for a run. */
export async function withDocker<T>(
  { env }: Pick<Bakery, 'env'>,
  engine: { readonly path: string; readonly flags: readonly string[] },
  act: (env: Env) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(env.TMPDIR ?? '/tmp', 'mesos-bakery-docker-'))
  try {
    const [program = '', ...flags] = [engine.path, ...engine.flags].map(quoteWord)
    const script = `#!/bin/sh\n[ "$1" = run ] && shift && exec ${program} run ${flags.join(' ')} "$@"\nexec ${program} "$@"\n`
    writeFileSync(join(folder, 'docker'), script, { mode: 0o755 })
    return await act({ ...env, PATH: `${folder}:${env.PATH}` })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
