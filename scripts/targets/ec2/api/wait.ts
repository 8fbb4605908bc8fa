import { setTimeout as sleep } from 'node:timers/promises'

/** The clock that waits use. Tests provide their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** The system clock. */
export const realTime: Clock = { now: Date.now, sleep: ms => sleep(ms) }

/** A timeout, with what was waited for and for how long. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/**
 * Polls, first after half a second, then with increasing intervals of up to five seconds.
 *
 * @param what completes "waited 10 min for …"; called only after the timeout
 * @param ask returns the result, or undefined while it is not available
 * @param timeout in milliseconds
 * @throws TimedOut
 */
export async function until<T>(
  { clock }: { readonly clock: Clock },
  what: string | (() => string),
  timeout: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = clock.now() + timeout
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5_000)) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (clock.now() + pause > end)
      throw new TimedOut(
        `timed out after ${sayTime(timeout)} waiting for ${typeof what === 'string' ? what : what()}`,
      )
    await clock.sleep(pause)
  }
}

/** How long a new resource may take to become visible everywhere in AWS, in milliseconds. */
export const settle = 120_000

/**
 * Retries a call while it fails because a new resource is not visible everywhere yet.
 *
 * @param isNotYet whether an error indicates this
 */
export async function onceVisible<T>(
  timed: { readonly clock: Clock },
  what: string,
  isNotYet: (error: Error) => boolean,
  call: () => Promise<T>,
): Promise<T> {
  const { reply } = await until(timed, what, settle, async () => {
    try {
      return { reply: await call() }
    } catch (error) {
      if (error instanceof Error && isNotYet(error)) return undefined
      throw error
    }
  })
  return reply
}

/** A duration in words: `90 s`, `10 min`. */
function sayTime(ms: number): string {
  return ms >= 120_000 && ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1_000)} s`
}
