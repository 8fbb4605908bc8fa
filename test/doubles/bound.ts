/** A command that the kernel kills when this process ends, however that ends; for `spawn`. */
export function boundToUs(program: string, args: readonly string[]): [string, string[]] {
  return ['setpriv', ['--pdeathsig', 'KILL', program, ...args]]
}
