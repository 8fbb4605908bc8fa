import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused } from '../inventory/problems.ts'
import { type PackerEvent, packerReader } from './packer-output.ts'
import { type Env, findProgram, type Ran, runProgram } from './program.ts'

/** Templates with `required_plugins`, and the provisioners' `max_retries`, are of this age. */
const oldest = [1, 10] as const

/** Where Packer runs and who hears of it. */
export interface PackerGround {
  readonly env: Env
  /** Gets every line, whatever is shown. */
  readonly log: string
  readonly tell: (event: PackerEvent) => void
  /** Packer is asked to stop, and to clean up, when this is aborted. */
  readonly signal: AbortSignal
}

export interface PackerEnd {
  readonly code: number
  readonly made: readonly Extract<PackerEvent, { kind: 'made' }>[]
  /** The last lines that it said. */
  readonly last: readonly string[]
}

const kept = 200

/** @throws Refused where Packer isn't installed, or is too old */
export async function checkPacker(env: Env): Promise<void> {
  if (findProgram('packer', env) === undefined) refuse('is not on the PATH')
  const { stdout } = await runProgram('packer', ['version'], { ...env, CHECKPOINT_DISABLE: '1' })
  const [, major, minor] = /^Packer v(\d+)\.(\d+)\./m.exec(stdout) ?? []
  if (major === undefined) refuse('on the PATH is another program of that name')
  if (Number(major) * 1_000 + Number(minor) < oldest[0] * 1_000 + oldest[1]) {
    refuse(`is too old: ${stdout.split('\n')[0]}`)
  }
}

function refuse(what: string): never {
  const way = `install HashiCorp Packer ${oldest.join('.')} or newer (developer.hashicorp.com/packer/install)`
  throw new Refused([{ path: 'packer', message: `${what}; ${way}` }])
}

/** Runs a Packer command that answers at once. */
export function askPacker(args: readonly string[], env: Env): Promise<Ran> {
  return runProgram('packer', args, { ...env, CHECKPOINT_DISABLE: '1', PACKER_NO_COLOR: '1' })
}

/**
 * Runs a build to its end. It has a process group of its own, so that a Ctrl-C reaches Packer once, from us: the
 * second that a terminal would send makes it leave everything behind.
 */
export async function buildWithPacker(args: readonly string[], ground: PackerGround): Promise<PackerEnd> {
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
  // What a killed Packer had started may hold on to its output for a while.
  await Promise.race([closed, sleep(5_000, undefined, { ref: false })])
  log.end()
  return { code: code ?? -1, made, last }
}

const patience = 180_000

/** Interrupts Packer on a signal, and ends it for good when it takes longer than three minutes to clean up. */
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
    // Its plugins, where it was killed before it could end them.
    killQuietly(-pid, 'SIGKILL')
  }
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended already.
  }
}
