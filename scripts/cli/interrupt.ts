import { interrupted, Stopped, say } from './main.ts'

/**
 * On SIGINT or SIGTERM, reports what exists and exits, until it is released.
 *
 * @param tell describes what exists by then, and how to continue
 * @returns a function that restores the default behavior
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
 * Handles SIGINT, SIGTERM and SIGHUP: the first signal aborts, so that running work can clean up; the second exits
 * immediately.
 *
 * @param outcome describes the result, for the last line of the process
 * @returns the signal that is aborted, with a `Stopped` as its reason, and a function that restores the default
 *   behavior
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
