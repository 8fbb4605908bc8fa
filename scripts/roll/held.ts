/** Who is rolling a cluster. It exists at the target from the beginning of a rolling update to its end. */
export interface Held {
  /** Identifies this lock among all locks of the cluster. */
  readonly id: string
  /** The user, the machine and the process: `ann@laptop:4711`. */
  readonly by: string
  /** When it was taken, in ISO 8601. */
  readonly since: string
  /** When its holder last showed that it is alive, in milliseconds since 1970. */
  readonly alive: number
  /** The last step: `replace c1-leader-2`. */
  readonly progress: string
}

/** The lock of a cluster at its target. Only one process can hold it. */
export interface RollLock {
  readonly read: () => Promise<Held | undefined>
  /** Takes the lock. Undefined if another process was faster. */
  readonly take: (by: string, now: string) => Promise<Held | undefined>
  /** Deletes this lock, and no lock that was taken since. */
  readonly remove: (held: Held) => Promise<void>
  /** Records the progress, which also shows that the holder is alive. */
  readonly renew: (held: Held, now: string, progress: string) => Promise<void>
}

/** How often a holder shows that it is alive, in milliseconds. */
export const beat = 20_000

/** A lock whose holder was silent for longer has been left behind, in milliseconds. */
export const silence = 300_000

/**
 * Whether a lock was left behind by a process that was killed: its process no longer exists on this machine, or it was
 * silent for five minutes.
 *
 * @param now in milliseconds since 1970
 * @param isGone whether a holder is a process of this machine that has ended
 */
export function isLeftBehind({ by, alive }: Held, now: number, isGone: (by: string) => boolean): boolean {
  return isGone(by) || now - alive > silence
}

/** Who is rolling, since when and how far: `ann@laptop:4711 since 2026-01-01T10:00:00Z: replace c1-leader-2`. */
export function sayHeld({ by, since, progress }: Held): string {
  return `${by} since ${since}${progress === '' ? '' : `: ${progress}`}`
}
