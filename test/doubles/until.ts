import { setTimeout as sleep } from 'node:timers/promises'

const LIMIT_MS = 30_000
const PATIENCE_MS = 3000

/**
 * Asks five times a second until the answer is true, half a minute at most. An error counts as false, and so does an
 * answer that takes more than three seconds.
 */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(200)) {
    const asked = Promise.resolve()
      .then(check)
      .catch(() => false)
    if (await Promise.race([asked, sleep(PATIENCE_MS, false)])) return
  }
  throw new Error(`${what}: not within ${LIMIT_MS / 1000} s`)
}
