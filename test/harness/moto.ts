import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cached } from './cache.ts'

/** A running stand-in for the AWS API. */
export interface Moto {
  url: string
  stop(): Promise<void>
}

const START_LIMIT_MS = 60_000
const requirements = fileURLToPath(new URL('../../.ci/requirements.txt', import.meta.url))
const server = fileURLToPath(new URL('moto_server.py', import.meta.url))

/** Why moto cannot be started here, used to skip a test. Undefined if it can. `.ci/setup` installs it. */
export function motoMissing(): string | undefined {
  const installed = join(environment(), 'requirements.txt')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(requirements, 'utf8')) return
  return `moto is not installed in ${environment()}; run .ci/setup`
}

/**
 * Starts the moto server on a free loopback port and waits, up to a minute, until it responds. Throws if it is not
 * installed or does not start. It exits with this process.
 *
 * @param settings of moto, in addition to those of all tests
 */
export async function startMoto(settings: NodeJS.ProcessEnv = {}): Promise<Moto> {
  const missing = motoMissing()
  if (missing) throw new Error(missing)
  const child = spawn(pythonOfMoto(), [server], {
    env: { ...motoSettings(), ...settings },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const url = `http://127.0.0.1:${await firstLine(child)}`
  letGo(child)
  return { url, stop: () => stop(child) }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const output = child.stdout
  if (!output) throw new Error('moto was started without a pipe for its output')
  const limit = AbortSignal.timeout(START_LIMIT_MS)
  try {
    return await Promise.race([
      once(output, 'data', { signal: limit }).then(([data]) => String(data).trim()),
      once(child, 'exit', { signal: limit }).then(([code]) => {
        throw new Error(`moto exited with code ${code} before it responded; its output is above`)
      }),
    ])
  } catch (error) {
    child.kill('SIGKILL')
    throw limit.aborted ? new Error(`moto did not respond within ${START_LIMIT_MS / 1000} s`) : error
  }
}

/** A test that does not stop moto must still be able to exit. */
function letGo(child: ChildProcess): void {
  child.unref()
  for (const pipe of [child.stdin, child.stdout]) if (pipe instanceof Socket) pipe.unref()
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const ended = once(child, 'exit')
  child.stdin?.end()
  await ended
}

/** A Python with the packages of moto, including botocore. */
export function pythonOfMoto(): string {
  return join(environment(), 'bin', 'python')
}

/** The directory of the Python environment created by `.ci/setup`. Its name contains the version. */
function environment(): string {
  const version = /^moto==(.+)$/m.exec(readFileSync(requirements, 'utf8'))?.[1] ?? 'unpinned'
  return cached(`moto-${version}`)
}

/** moto validates images and instance types only if configured to do so. Its own list of images is slow to load. */
function motoSettings(): NodeJS.ProcessEnv {
  return {
    PYTHONDONTWRITEBYTECODE: '1',
    MOTO_ENABLE_AMI_VALIDATION: 'true',
    MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: 'true',
    MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
}
