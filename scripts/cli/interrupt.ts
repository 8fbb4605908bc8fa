import { interrupted, Stopped, say } from './main.ts'

/**
 * Says what Ctrl-C and its like leave behind, and ends the process, until it is released.
 *
 * @param tell what is there by then, and how to go on
 * @returns what gives Ctrl-C back
 */
export function onInterrupt(tell: () => string): () => void {
  const stop = (signal: NodeJS.Signals) => {
    say(tell())
    process.exit(signal === 'SIGTERM' ? 143 : 130)
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.prependOnceListener(signal, stop)
  return () => {
    for (const signal of signals) process.off(signal, stop)
  }
}

/**
 * Takes over what Ctrl-C and its like do: the first aborts, so that what is under way can clean up after itself; the
 * second ends the process at once.
 *
 * @param outcome what it comes to, for the process's last line
 * @returns the signal that is aborted, with a `Stopped` as its reason, and what gives Ctrl-C back
 */
export function takeInterrupt(outcome: string): {
  readonly signal: AbortSignal
  readonly release: () => void
} {
  const control = new AbortController()
  const stop = () => {
    if (control.signal.aborted) process.exit(130)
    say('\ninterrupted: cleaning up; press Ctrl-C again to quit immediately')
    control.abort(new Stopped(`interrupted: ${outcome}`, 130))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  process.off('SIGINT', interrupted)
  for (const signal of signals) process.on(signal, stop)
  const release = () => {
    for (const signal of signals) process.off(signal, stop)
    process.once('SIGINT', interrupted)
  }
  return { signal: control.signal, release }
}
