import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What a person at a terminal of 80 columns saw, and how the command ended. */
export interface Seen {
  readonly code: number
  readonly screen: string
}

/** Runs a command on a terminal of its own, and types an answer once it is asked. */
export async function onTerminal(
  command: string,
  answer: string,
  where: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<Seen> {
  const shell = `stty cols 80 rows 24; ${command}`
  const env = { ...where.env, TERM: 'xterm', CI: '' }
  const child = spawn('script', ['--quiet', '--return', '--command', shell, '/dev/null'], { ...where, env })
  let screen = ''
  // Typed earlier, it would reach the terminal before the command has taken it over.
  child.stdout.on('data', data => {
    const asked = screen.includes('[y/N]')
    screen += data
    if (!asked && screen.includes('[y/N]')) child.stdin.write(answer)
  })
  const [code] = await once(child, 'close')
  return { code, screen }
}
