import { createInterface } from 'node:readline/promises'
import { Stopped } from './main.ts'
import { Misused } from './options.ts'

/**
 * Asks before anything is changed. Only `yes` or `y` goes on.
 *
 * @throws Stopped when the answer is no, Misused when there is nobody to ask
 */
export async function askToGoOn(question: string, saidYes: boolean): Promise<void> {
  if (saidYes) return
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Misused('there is no terminal to ask on; look at the plan with --dry-run, then say --yes')
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await new Promise<string>(resolve => {
    terminal.once('close', () => resolve(''))
    terminal.question(`${question} [y/N] `).then(resolve, () => resolve(''))
  })
  terminal.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Stopped('not confirmed; nothing was changed')
}
