import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bakery, cacheFolder } from './bakery.ts'
import { isRunning } from './download.ts'

/** What everything carries that a bake makes on its way, so that it is found when the bake was killed. */
export interface Run {
  readonly id: string
  /** To be called at its end. */
  readonly end: () => void
}

/** No bake takes longer; what is older is left over, whoever's it was. */
const longestRun = 6 * 3_600_000

/** Begins a run. Its name says when, and this machine remembers which process it is. */
export function beginRun(bakery: Pick<Bakery, 'env'>, now: Date): Run {
  const id = `${stamp(now)}-${randomBytes(4).toString('hex')}`
  const folder = cacheFolder(bakery, 'runs')
  const file = join(folder, id)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, String(process.pid))
  return { id, end: () => rmSync(file, { force: true }) }
}

/** `20261125T072600Z`: a time as it may stand in a name. */
export function stamp(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '')
}

/** Tells whether a run is over: its process on this machine is gone, or it is too old to be under way anywhere. */
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

/** Forgets runs of which nothing is left. */
export function forgetRuns(bakery: Pick<Bakery, 'env'>, ids: readonly string[]): void {
  for (const id of ids) rmSync(join(cacheFolder(bakery, 'runs'), id), { force: true })
}

/**
 * `Promise.all`, but when one fails, the others come to their end before that is thrown.
 *
 * @param signal its reason is thrown instead where it was aborted
 */
export async function allEnded<const T extends readonly unknown[]>(works: T, signal?: AbortSignal) {
  await Promise.allSettled(works)
  signal?.throwIfAborted()
  return Promise.all(works)
}
