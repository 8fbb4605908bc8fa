import { setTimeout as sleep } from 'node:timers/promises'

/** A bound that was reached: what was waited for, and for how long. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/**
 * Asks again and again, first after half a second, then less often up to every five.
 *
 * @param what completes "waited 10 min for …"; asked only when the bound is reached
 * @param ask returns the answer, or nothing when it isn't there yet
 * @param timeout in milliseconds
 * @throws TimedOut
 */
export async function until<T>(
  what: string | (() => string),
  timeout: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + timeout
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5_000)) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() + pause > end)
      throw new TimedOut(`waited ${sayTime(timeout)} for ${typeof what === 'string' ? what : what()}`)
    await sleep(pause)
  }
}

/** How long what was just made may take to be known everywhere in AWS, in milliseconds. */
export const settle = 120_000

/**
 * Repeats a call while it fails because something that was just made isn't known everywhere yet.
 *
 * @param isNotYet whether an error says so
 */
export async function onceVisible<T>(
  what: string,
  isNotYet: (error: Error) => boolean,
  call: () => Promise<T>,
): Promise<T> {
  const { reply } = await until(what, settle, async () => {
    try {
      return { reply: await call() }
    } catch (error) {
      if (error instanceof Error && isNotYet(error)) return undefined
      throw error
    }
  })
  return reply
}

/** A number of milliseconds in words: `90 s`, `10 min`. */
function sayTime(ms: number): string {
  return ms >= 120_000 && ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1_000)} s`
}
