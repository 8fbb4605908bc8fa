import { runProgram } from './programs.ts'

/** What `work` of a module answered, or the error with which it ended. */
interface Attempt<T> {
  readonly answer: T | null
  readonly error: string | null
}

/** What cloud-init's modules made of cloud-config. */
export interface Judged {
  /** The files by path, each with its mode and its bytes in hexadecimal. */
  readonly files: {
    readonly files: Readonly<Record<string, { readonly mode: string; readonly hex: string }>>
    readonly error: string | null
  }
  /** How the script of all commands called `systemctl`. */
  readonly commands: { readonly started: readonly string[]; readonly error: string | null }
  readonly modules: Attempt<Readonly<Record<string, readonly string[]>>>
  readonly users: Attempt<readonly string[]>
  /** The command that ends the first boot. */
  readonly power: Attempt<readonly string[]>
  readonly warnings: readonly string[]
}

/** Runs cloud-init's own modules, as Debian has them, on each text. */
export function judge(texts: readonly string[]): readonly Judged[] {
  const script = new URL('cloud-init-modules.py', import.meta.url).pathname
  const { code, output } = runProgram('/usr/bin/python3', [script], JSON.stringify(texts))
  if (code !== 0) throw new Error(output)
  return JSON.parse(output.slice(output.indexOf('[{')))
}
