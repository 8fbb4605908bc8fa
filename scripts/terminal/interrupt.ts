import { interrupted } from './main.ts'

/**
 * Takes over what Ctrl-C and its like do: the first aborts, so that what is under way can clean up after itself; the
 * second ends the process at once.
 */
export function takeInterrupt(say: (text: string) => void): AbortSignal {
  const control = new AbortController()
  const stop = () => {
    if (control.signal.aborted) process.exit(130)
    say('\ninterrupted: cleaning up; once more to leave at once')
    control.abort()
  }
  process.off('SIGINT', interrupted)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  return control.signal
}
