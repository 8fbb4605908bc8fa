import { createInterface } from 'node:readline/promises'
import { Stopped, say } from './main.ts'
import { Misused } from './options.ts'

/**
 * Asks for confirmation before anything is changed. Only `yes` or `y` continues.
 *
 * @throws Stopped if the answer is no or Ctrl-C, Misused if there is no terminal
 */
export async function askToGoOn(question: string, saidYes: boolean): Promise<void> {
  if (saidYes) return
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Misused('not running in a terminal; pass --yes to confirm')
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await new Promise<string | undefined>(resolve => {
    terminal.once('SIGINT', () => resolve(undefined))
    terminal.once('close', () => resolve(''))
    terminal.question(`${question} [y/N] `).then(resolve, () => resolve(''))
  })
  terminal.close()
  if (answer === undefined) {
    say('')
    throw new Stopped('interrupted; nothing was changed', 130)
  }
  if (!/^y(es)?$/i.test(answer.trim())) throw new Stopped('not confirmed; nothing was changed')
}
