import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What a person at a terminal of 80 columns saw, and how the command ended. */
export interface Seen {
  readonly code: number
  readonly screen: string
}

interface Where {
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** What happens elsewhere while the command waits at its prompt. */
  readonly meanwhile?: () => Promise<void>
}

/** Runs a command on a terminal of its own, and types an answer once it is asked. */
export async function onTerminal(
  command: string,
  answer: string,
  { meanwhile, ...where }: Where,
): Promise<Seen> {
  const shell = `stty cols 80 rows 24; ${command}`
  const env = { ...where.env, TERM: 'xterm', CI: '' }
  const child = spawn('script', ['--quiet', '--return', '--command', shell, '/dev/null'], { ...where, env })
  let screen = ''
  let waited = Promise.resolve()
  // Typed earlier, it would reach the terminal before the command has taken it over.
  child.stdout.on('data', data => {
    const asked = screen.includes('[y/N]')
    screen += data
    if (asked || !screen.includes('[y/N]')) return
    waited = (meanwhile?.() ?? Promise.resolve()).then(() => void child.stdin.write(answer))
  })
  const [code] = await once(child, 'close')
  await waited
  return { code, screen }
}
