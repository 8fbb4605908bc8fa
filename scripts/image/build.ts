import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stopped } from '../terminal/main.ts'
import type { Bakery } from './bakery.ts'
import { askPacker, buildWithPacker, type PackerEnd } from './packer.ts'
import { lastWords, type PackerEvent, shortLines } from './packer-output.ts'
import type { Env } from './program.ts'
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
 * Runs Packer: init, validate, build.
 *
 * @throws Stopped with Packer's last words
 */
export async function build(todo: Build, watch: Watch): Promise<PackerEnd> {
  const { folder, variables, env, source } = todo
  mkdirSync(folder, { recursive: true })
  rmSync(packagesFile(folder), { force: true })
  const varFile = join(folder, 'variables.pkrvars.json')
  writeFileSync(varFile, `${JSON.stringify(variables, null, 2)}\n`)
  const args = [`-only=${source}`, `-var-file=${varFile}`, packerFolder]
  await orStop('init', await askPacker(['init', packerFolder], env))
  await orStop('validate', await askPacker(['validate', ...args], env))
  const log = join(folder, 'packer.log')
  const end = await buildWithPacker(args, { env, log, tell: teller(watch), signal: watch.signal })
  if (end.code === 0) return end
  const last = lastWords(end.last)
    .map(line => `  ${line}`)
    .join('\n')
  throw new Stopped(`Packer ended with ${end.code}; all that it said is in ${log}; last:\n${last}`)
}

function orStop(what: string, { code, stdout, stderr }: Awaited<ReturnType<typeof askPacker>>): void {
  if (code !== 0) throw new Stopped(`packer ${what} failed:\n${`${stdout}${stderr}`.trim()}`)
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
    const quoted = [engine.path, ...engine.flags].map(word => `'${word.replaceAll("'", `'\\''`)}'`)
    const [program = '', ...flags] = quoted
    const script = `#!/bin/sh\n[ "$1" = run ] && shift && exec ${program} run ${flags.join(' ')} "$@"\nexec ${program} "$@"\n`
    writeFileSync(join(folder, 'docker'), script, { mode: 0o755 })
    return await act({ ...env, PATH: `${folder}:${env.PATH}` })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
