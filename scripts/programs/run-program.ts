import { $, type Options, which } from 'zx/core'

export type Env = Readonly<Record<string, string | undefined>>

/** What a program left behind. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The path of a program, if it can be found. */
export function findProgram(program: string, env: Env): string | undefined {
  return which.sync(program, { nothrow: true, path: env.PATH ?? '' }) ?? undefined
}

/** A word as a shell reads it back. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** Not zx's bash, which small container images don't have, and which reads ~/.bashrc when its input is a socket. */
const plainShell = { shell: '/bin/sh', prefix: '', quote: quoteWord }

/**
 * Runs a program to its end, whatever that is, with nothing on its standard input.
 *
 * @param how its environment, without which it has this process's, and a timeout in milliseconds
 * @returns the code 127 where there is no such program, and -1 where a signal or the timeout has ended it
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  how: Partial<Pick<Options, 'env' | 'timeout'>> = {},
): Promise<Ran> {
  const $$ = $({ ...how, ...plainShell, quiet: true, nothrow: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const { exitCode, stdout, stderr } = await $$`exec ${program} ${args}`
  return { code: exitCode ?? -1, stdout, stderr }
}
