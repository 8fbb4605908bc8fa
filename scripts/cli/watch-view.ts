import { setTimeout as sleep } from 'node:timers/promises'
import { createLogUpdate } from 'log-update'
import type { View } from '../targets/target.ts'
import { interrupted } from './main.ts'

/**
 * Shows a view again and again, until Ctrl-C: in place on a terminal, otherwise below the previous one if it differs.
 *
 * @param look observes the current view. If this fails after it has succeeded, the error is shown below the last view.
 * @param textOf the text of a view
 * @param pause between two views, in milliseconds
 * @returns the last view
 */
export async function watchView(
  look: () => Promise<View>,
  textOf: (view: View) => string,
  pause: number,
): Promise<View> {
  const end = untilInterrupted()
  const show = process.stdout.isTTY ? inPlace() : onePerChange()
  let view = await look()
  for (let failure = ''; !end.signal.aborted; ) {
    show(textOf(view), failure, pause)
    await sleep(pause, undefined, { signal: end.signal }).catch(() => undefined)
    if (end.signal.aborted) break
    try {
      view = await look()
      failure = ''
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error)
    }
  }
  end.release()
  return view
}

type Show = (text: string, failure: string, pause: number) => void

function inPlace(): Show {
  const update = createLogUpdate(process.stdout, { showCursor: true })
  return (text, failure, pause) => {
    const time = new Date().toLocaleTimeString('en-GB')
    const last =
      failure === ''
        ? `Updated at ${time}, and every ${pause / 1_000} s; press Ctrl-C to end.`
        : `Not updated at ${time}: ${failure}`
    // What is above the first row of the terminal cannot be replaced.
    const rows = (process.stdout.rows || 24) - 3
    const lines = text.split('\n')
    const shown =
      lines.length <= rows
        ? lines
        : [...lines.slice(0, rows - 1), `and ${lines.length - rows + 1} more lines; see npm run status`]
    update([...shown, '', last].join('\n'))
  }
}

function onePerChange(): Show {
  let before = ''
  return (text, failure) => {
    if (failure !== '') process.stderr.write(`warning: not updated: ${failure}\n`)
    else if (text !== before) process.stdout.write(`${before === '' ? '' : '\n'}${text}\n`)
    before = text
  }
}

/** Ctrl-C ends the view, and is not an error. */
function untilInterrupted() {
  const control = new AbortController()
  const stop = () => control.abort()
  process.off('SIGINT', interrupted)
  process.once('SIGINT', stop)
  return { signal: control.signal, release: () => void process.off('SIGINT', stop) }
}
