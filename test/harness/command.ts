import { $ } from 'zx'
import { noAwsEnv } from './aws.ts'
import { programOf } from './commands.ts'

/** The result of a command. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How to run a command. With the default environment, it cannot reach any cloud. */
export interface How {
  readonly env?: NodeJS.ProcessEnv
  /** Kills the command when it is aborted. */
  readonly signal?: AbortSignal
}

/** Runs a command of the product as a process, like `npm run NAME -- ARGS`. */
export async function run(name: string, args: readonly string[] = [], how: How = {}): Promise<Ran> {
  // If the input of bash is a socket, bash assumes that it was started by rshd and reads ~/.bashrc, unless a shell
  // started it (bash(1), "Invocation"). Shell scripts of the product must not do that.
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
