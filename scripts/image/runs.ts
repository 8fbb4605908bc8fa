import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bakery, cacheFolder } from './bakery.ts'
import { isRunning } from './download.ts'

/** Identifies the temporary resources of a bake, so that they can be found if the bake is killed. */
export interface Run {
  readonly id: string
  /** Must be called when the run ends. */
  readonly end: () => void
}

/** No bake takes longer. Resources of older runs are leftovers, even of runs on other machines. */
const longestRun = 6 * 3_600_000

/** Starts a run. Its name contains the time, and this machine records the process. */
export function beginRun(bakery: Pick<Bakery, 'env'>, now: Date): Run {
  const id = `${stamp(now)}-${randomBytes(4).toString('hex')}`
  const folder = cacheFolder(bakery, 'runs')
  const file = join(folder, id)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, String(process.pid))
  return { id, end: () => rmSync(file, { force: true }) }
}

/** `20261125T072600Z`: a time in the format used in names. */
export function stamp(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '')
}

/**
 * Returns a function that tells whether a run is over: its process on this machine has ended, or it is too old to be
 * running anywhere.
 */
export function overRuns(bakery: Pick<Bakery, 'env'>, now: Date): (id: string) => boolean {
  const folder = cacheFolder(bakery, 'runs')
  const dead = new Set(
    (existsSync(folder) ? readdirSync(folder) : []).filter(
      id => !isRunning(Number(readFileSync(join(folder, id), 'utf8'))),
    ),
  )
  const horizon = stamp(new Date(now.getTime() - longestRun))
  return id => dead.has(id) || id.slice(0, horizon.length) < horizon
}

/** Deletes the records of runs that have no resources left. */
export function forgetRuns(bakery: Pick<Bakery, 'env'>, ids: readonly string[]): void {
  const folder = cacheFolder(bakery, 'runs')
  // A resource without the tag of its run has no record.
  for (const id of ids) if (id !== '') rmSync(join(folder, id), { force: true })
}

/**
 * Like `Promise.all`, but if one fails, waits for the others before it throws.
 *
 * @param signal if it was aborted, its reason is thrown instead
 */
export async function allEnded<const T extends readonly unknown[]>(works: T, signal?: AbortSignal) {
  await Promise.allSettled(works)
  signal?.throwIfAborted()
  return Promise.all(works)
}
