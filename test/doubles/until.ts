import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 3000

/**
 * Checks a condition five times a second until it is true, by default for up to half a minute. An error, or a check
 * that takes longer than three seconds, counts as false.
 */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; await sleep(200)) {
    const asked = Promise.resolve()
      .then(check)
      .catch(() => false)
    if (await Promise.race([asked, sleep(PATIENCE_MS, false)])) return
  }
  throw new Error(`${what}: not within ${seconds} s`)
}
