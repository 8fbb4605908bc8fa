import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { boundToUs } from './bound.ts'
import { freshAddress } from './loopback.ts'
import { until } from './until.ts'

/** How a process exited. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running stand-in. */
export interface Double {
  readonly address: string
  readonly port: number
  /** How it exited on its own. Waits up to half a minute. */
  ended(): Promise<Ended>
  /** What it has written to stderr so far. */
  log(): string
  kill(signal: NodeJS.Signals): Promise<Ended>
  /** Its response. Redirects are not followed. */
  get(path: string): Promise<Response>
  metric(name: string): Promise<number>
}

export interface How {
  readonly program: string
  readonly port: number
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly address?: string
}

/** Starts a stand-in, which is killed at the end of the test. Its environment contains only the given variables. */
export function startDouble(t: ExecutionContext, { program, port, ...how }: How): Double {
  const address = how.address ?? freshAddress()
  const env = { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1', ...how.env }
  const command = boundToUs(programFile(program), how.args ?? [])
  const child = spawn(...command, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', data => {
    log += data
  })
  let end: Ended | undefined
  const closed = once(child, 'close').then(([code, signal]) => {
    end = { code, signal }
    return end
  })
  const ended = async () => {
    await until(`${program} ends`, () => end !== undefined)
    return closed
  }
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return closed
  }
  t.teardown(() => kill('SIGKILL'))
  const get = (path: string) => fetch(`http://${address}:${port}${path}`, { redirect: 'manual' })
  const metric = async (name: string) => {
    const snapshot = (await (await get('/metrics/snapshot')).json()) as Record<string, number>
    return snapshot[name] ?? Number.NaN
  }
  return { address, port, ended, log: () => log, kill, get, metric }
}

/** The path of the program of a stand-in. */
export function programFile(program: string): string {
  return fileURLToPath(new URL(`bin/${program}`, import.meta.url))
}

/** A directory that is deleted at the end of the test. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'double-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface DaemonHow {
  /** The part after zk://. Empty if it is set in the environment. */
  readonly zk: string
  /** Its work directory. Default: a new directory. */
  readonly workDir: string
  /** Default: two seconds. */
  readonly sessionTimeout?: string
  readonly address?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A master whose hostname is its address. */
export function startMaster(
  t: ExecutionContext,
  { zk, workDir, sessionTimeout = '2secs', ...how }: DaemonHow,
): Double {
  const address = how.address ?? freshAddress()
  const args = [
    ...[`--ip=${address}`, '--no-hostname_lookup', `--work_dir=${workDir}`],
    ...(zk ? [`--zk=zk://${zk}/mesos`] : []),
    ...[`--zk_session_timeout=${sessionTimeout}`, ...(how.args ?? [])],
  ]
  return startDouble(t, { program: 'mesos-master', port: 5050, ...how, address, args })
}

/** An agent that does not require cgroups. */
export function startAgent(
  t: ExecutionContext,
  { zk, workDir, sessionTimeout = '2secs', ...how }: DaemonHow,
): Double {
  const address = how.address ?? freshAddress()
  mkdirSync(workDir, { recursive: true })
  const args = [
    ...[`--ip=${address}`, '--no-hostname_lookup', `--work_dir=${workDir}`],
    ...(zk ? [`--master=zk://${zk}/mesos`] : []),
    ...['--launcher=posix', '--no-systemd_enable_support', `--runtime_dir=${workDir}/run`],
    ...[`--zk_session_timeout=${sessionTimeout}`, ...(how.args ?? [])],
  ]
  return startDouble(t, { program: 'mesos-agent', port: 5051, ...how, address, args })
}
