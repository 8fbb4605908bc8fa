import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import { type Ran, runProgram } from '../../../programs/run-program.ts'
import { type EngineName, engineNames } from '../../list.ts'

/** Podman or Docker on this machine. The calls are the same, except for those in dialect.ts. */
export interface Engine {
  readonly name: EngineName
}

/** A call that the engine rejected, with its error message. */
export class EngineFailed extends Error {
  override readonly name = 'EngineFailed'
  readonly engine: EngineName
  readonly said: string

  constructor(engine: EngineName, args: readonly string[], said: string) {
    super(`${engine} ${args.join(' ')}: ${said}`)
    this.engine = engine
    this.said = said
  }
}

/** Runs the engine and returns its output without the final newline. */
export async function call({ name }: Engine, ...args: string[]): Promise<string> {
  const ran = await tryCall({ name }, ...args)
  if (ran.code === 0) return ran.stdout.trimEnd()
  throw new EngineFailed(name, args, ran.stderr.trim() || end(ran))
}

const patience = 120_000

function end({ code }: Ran): string {
  return code === -1 ? `was killed after at most ${patience / 1_000} s` : `failed with exit code ${code}`
}

/** Runs the engine and returns the result, even if it fails. */
export function tryCall(engine: Engine, ...args: string[]): Promise<Ran> {
  return tryCallWithin(engine, patience, ...args)
}

/** @param timeout in milliseconds */
export function tryCallWithin({ name }: Engine, timeout: number, ...args: string[]): Promise<Ran> {
  return runProgram(name, args, { timeout })
}

/** Starts the engine; the caller handles input and output. */
export function start({ name }: Engine, args: readonly string[], options: SpawnOptions) {
  return spawn(name, args, options)
}

/**
 * Runs the engine on the terminal of this process, and returns its exit code.
 *
 * @param files descriptors to use instead of the input and the output of this process
 */
export async function lend(
  engine: Engine,
  args: readonly string[],
  { input, output }: { readonly input?: number; readonly output?: number } = {},
): Promise<number> {
  const child = start(engine, args, { stdio: [input ?? 'inherit', output ?? 'inherit', 'inherit'] })
  const [code] = await once(child, 'exit')
  return code ?? 1
}

/**
 * Finds the requested engine, or the first one that responds.
 *
 * @throws Refused with the error of each engine
 */
export async function findEngine(asked: EngineName | undefined): Promise<Engine> {
  const said: string[] = []
  for (const name of asked === undefined ? engineNames : [asked]) {
    const { code, stderr } = await tryCall({ name }, 'ps', '--quiet')
    if (code === 0) return { name }
    said.push(`${name}: ${code === 127 ? 'is not installed' : lastLine(stderr)}`)
  }
  throw new Refused([
    {
      path: Path.outside('local'),
      message: `no container engine is available (${said.join('; ')}); ${wayOut}`,
    },
  ])
}

const wayOut =
  'install podman (on Debian, run npm run setup), start docker, or use --target aws --dry-run to see the plan for EC2'

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

/** Removes something. Succeeds if it no longer exists. */
export async function unlessGone(removal: Promise<string>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!(error instanceof EngineFailed) || !/no such|not found/i.test(error.said)) throw error
  }
}
