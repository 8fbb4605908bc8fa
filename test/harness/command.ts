import { $ } from 'zx'
import { noAwsEnv } from './aws.ts'
import { programOf } from './commands.ts'

/** What a command left behind. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How a command is run: without an environment of its own it can't reach any cloud. */
export interface How {
  readonly env?: NodeJS.ProcessEnv
  /** Kills the command when it is aborted. */
  readonly signal?: AbortSignal
}

/** Runs a command of the product as a process, as `npm run NAME -- ARGS` does. */
export async function run(name: string, args: readonly string[] = [], how: How = {}): Promise<Ran> {
  // A bash whose input is a socket takes itself for one that rshd started, unless a shell started it, and then reads
  // ~/.bashrc (bash(1), "Invocation"): programs of the product that are shell scripts must not.
  const env = { ...(how.env ?? noAwsEnv()), NODE_ENV: 'production', SHLVL: '2' }
  const options = {
    env,
    nothrow: true,
    quiet: true,
    ...(how.signal && { signal: how.signal, killSignal: 'SIGKILL' as const }),
  }
  const done = await $(options)`node ${[...programOf(name), ...args]}`
  return { code: done.exitCode ?? -1, stdout: done.stdout, stderr: done.stderr }
}
