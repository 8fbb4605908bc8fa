import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'

export type Env = Readonly<Record<string, string | undefined>>

/** What a program left behind. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The path of a program, if it can be found. */
export function findProgram(program: string, env: Env): string | undefined {
  const places = (env.PATH ?? '').split(delimiter).map(folder => join(folder, program))
  return places.find(place => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Runs a program to its end, with nothing on its standard input. */
export async function runProgram(program: string, args: readonly string[], env: Env): Promise<Ran> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code: code ?? -1, stdout, stderr }
}
