import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** The output on a terminal with 80 columns, and how the command ended. */
export interface Seen {
  readonly code: number
  readonly screen: string
}

interface Where {
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** What the command shows when it is ready for the answer. Default: the question of a confirmation. */
  readonly prompt?: string
  /** Runs while the command waits at its prompt. */
  readonly meanwhile?: () => Promise<void>
}

/** Runs a command on a terminal, and types an answer after the prompt. */
export async function onTerminal(
  command: string,
  answer: string,
  { prompt = '[y/N]', meanwhile, ...where }: Where,
): Promise<Seen> {
  const shell = `stty cols 80 rows 24; ${command}`
  const env = { ...where.env, TERM: 'xterm', CI: '' }
  const child = spawn('script', ['--quiet', '--return', '--command', shell, '/dev/null'], { ...where, env })
  let screen = ''
  let waited = Promise.resolve()
  // Input before this would arrive before the command reads from the terminal.
  child.stdout.on('data', data => {
    const asked = screen.includes(prompt)
    screen += data
    if (asked || !screen.includes(prompt)) return
    waited = (meanwhile?.() ?? Promise.resolve()).then(() => void child.stdin.write(answer))
  })
  const [code] = await once(child, 'close')
  await waited
  return { code, screen }
}
