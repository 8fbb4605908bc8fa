import { $, type Options, which } from 'zx/core'

export type Env = Readonly<Record<string, string | undefined>>

/** The result of a program. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The path of a program. Undefined if it is not found. */
export function findProgram(program: string, env: Env): string | undefined {
  return which.sync(program, { nothrow: true, path: env.PATH ?? '' }) ?? undefined
}

/** Quotes a word for a shell. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** Not the bash of zx, which small container images do not have, and which reads ~/.bashrc if its input is a socket. */
const plainShell = { shell: '/bin/sh', prefix: '', quote: quoteWord }

/**
 * Runs a program with empty standard input and returns the result, even if it fails.
 *
 * @param how its environment, by default that of this process, and a timeout in milliseconds
 * @returns the code 127 if the program does not exist, and -1 if it was ended by a signal or the timeout
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
