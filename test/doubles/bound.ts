/** A command for `spawn` that the kernel kills when this process exits for any reason. */
export function boundToUs(program: string, args: readonly string[]): [string, string[]] {
  return ['setpriv', ['--pdeathsig', 'KILL', program, ...args]]
}
