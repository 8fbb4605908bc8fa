import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Path } from '../inventory/problem-path.ts'
import { type Problem, Refused, Stopped } from '../inventory/problems.ts'
import { type Env, findProgram, quoteWord, type Ran, runProgram } from '../programs/run-program.ts'
import { type Bakery, packerFolder } from './bakery.ts'
import { lastWords, type PackerEvent, packerReader, shortLines } from './packer-output.ts'
import type { PackerVariables } from './packer-variables.ts'

/** Also set in packer/plugins.pkr.hcl. */
const oldest = [1, 10] as const

/** How Packer is run and observed. */
interface PackerGround {
  readonly env: Env
  /** The file that receives every line, independent of what is shown. */
  readonly log: string
  readonly tell: (event: PackerEvent) => void
  /** When this is aborted, Packer is told to stop and clean up. */
  readonly signal: AbortSignal
}

export interface PackerEnd {
  readonly code: number
  readonly made: readonly Extract<PackerEvent, { kind: 'made' }>[]
  /** The last lines of its output. */
  readonly last: readonly string[]
}

const kept = 200

/** @throws Refused if Packer is not installed */
export function requirePacker(env: Env): void {
  if (findProgram('packer', env) === undefined) throw new Refused([noPacker('not found on the PATH')])
}

/**
 * Installs the plugins that the templates require.
 *
 * @throws Refused if Packer is too old for the templates, Stopped if the plugins cannot be installed
 */
export async function initPacker(env: Env): Promise<void> {
  const ran = await askPacker(['init', packerFolder], env)
  if (ran.code === 0) return
  const { stdout } = await askPacker(['version'], env)
  const [version, major, minor] = /^Packer v(\d+)\.(\d+)\..*/m.exec(stdout) ?? []
  if (version === undefined) throw new Refused([noPacker('the program on the PATH is not HashiCorp Packer')])
  if (Number(major) * 1_000 + Number(minor) < oldest[0] * 1_000 + oldest[1]) {
    throw new Refused([noPacker(`${version} is too old`)])
  }
  orStop('init', ran)
}

function noPacker(what: string): Problem {
  const way = `install HashiCorp Packer ${oldest.join('.')} or newer (developer.hashicorp.com/packer/install)`
  return { path: Path.outside('packer'), message: `${what}; ${way}` }
}

function askPacker(args: readonly string[], env: Env): Promise<Ran> {
  return runProgram('packer', args, { env: { ...env, CHECKPOINT_DISABLE: '1', PACKER_NO_COLOR: '1' } })
}

function orStop(what: string, { code, stdout, stderr }: Ran): void {
  if (code !== 0) throw new Stopped(`packer ${what} failed:\n${`${stdout}${stderr}`.trim()}`)
}

/**
 * Runs a build. Packer gets its own process group, so that Ctrl-C reaches it only once, from this process: after a
 * second signal, which the terminal would send, Packer exits without cleaning up.
 */
async function buildWithPacker(args: readonly string[], ground: PackerGround): Promise<PackerEnd> {
  const child = spawn('packer', ['build', '-machine-readable', '-color=false', ...args], {
    env: { ...ground.env, CHECKPOINT_DISABLE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const closed = once(child, 'close')
  const exited = once(child, 'exit')
  const log = createWriteStream(ground.log)
  const read = packerReader()
  const made: PackerEnd['made'][number][] = []
  const last: string[] = []
  createInterface({ input: child.stderr }).on('line', line => log.write(`${line}\n`))
  createInterface({ input: child.stdout }).on('line', line => {
    for (const event of read(line)) {
      if (event.kind === 'made') made.push(event)
      else {
        log.write(`${event.text}\n`)
        last.push(event.text)
        if (last.length > kept) last.shift()
      }
      ground.tell(event)
    }
  })
  const stop = stopOn(ground.signal, child.pid)
  const [code] = await exited
  stop()
  // Processes that a killed Packer started may keep its output open for a while.
  await Promise.race([closed, sleep(5_000, undefined, { ref: false })])
  log.end()
  return { code: code ?? -1, made, last }
}

const patience = 180_000

/** Interrupts Packer when the signal is aborted, and kills it if it takes longer than three minutes to clean up. */
function stopOn(signal: AbortSignal, pid: number | undefined): () => void {
  if (pid === undefined) return () => {}
  let timer: NodeJS.Timeout | undefined
  const interrupt = () => {
    killQuietly(pid, 'SIGINT')
    timer = setTimeout(() => killQuietly(-pid, 'SIGKILL'), patience)
  }
  signal.addEventListener('abort', interrupt, { once: true })
  if (signal.aborted) interrupt()
  return () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
    // Also kills its plugins, if it was killed before it could stop them.
    killQuietly(-pid, 'SIGKILL')
  }
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has already exited.
  }
}

/** What to build, and where its output goes. */
export interface Build {
  readonly source: 'amazon-ebs.machine' | 'docker.container'
  readonly variables: PackerVariables
  /** `build/<image>/<architecture or local>`, for the variables, the log and the package list. */
  readonly folder: string
  readonly env: Env
}

/** Observes a build and can stop it. */
export interface Watch {
  readonly tell: (line: string) => void
  readonly verbose: boolean
  readonly signal: AbortSignal
}

/** The file to which a build downloads the list of installed packages. */
export function packagesFile(folder: string): string {
  return join(folder, 'packages.txt')
}

/**
 * Checks the variables and templates of a build without building. Packer does the same when it builds.
 *
 * @throws Stopped with the errors of Packer
 */
export async function validate(todo: Build): Promise<void> {
  orStop('validate', await askPacker(['validate', ...prepare(todo)], todo.env))
}

/**
 * Runs a build with Packer.
 *
 * @throws Stopped with the last lines of its output
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
  throw new Stopped(
    `Packer failed with exit code ${end.code}; the full log is ${log}; the last lines:\n${last}`,
  )
}

/** Writes the variables file. @returns the arguments for Packer */
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

/** Provides an environment in which `docker` runs the given engine and adds the label of the run to its containers. */
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
