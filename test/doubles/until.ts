import { setTimeout as sleep } from 'node:timers/promises'

/** Asks five times a second until the answer is true, half a minute at most. An error counts as false. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const limit = 30_000
  for (const end = Date.now() + limit; Date.now() < end; await sleep(200)) {
    if (
      await Promise.resolve()
        .then(check)
        .catch(() => false)
    )
      return
  }
  throw new Error(`${what}: not within ${limit / 1000} s`)
}
