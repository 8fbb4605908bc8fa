import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Path } from '../inventory/problem-path.ts'
import { type Problem, Refused } from '../inventory/problems.ts'
import { type Pin, type Wanted, wrongSum } from './lock.ts'

/** An artifact on this machine whose checksum was verified. */
export interface Fetched extends Pin {
  readonly file: string
}

/** The directory for downloads, and the base directory for relative paths. */
export interface Store {
  readonly cache: string
  readonly inventoryFolder: string
  readonly tell: (line: string) => void
  /** Aborts downloads; its reason is then thrown. */
  readonly signal: AbortSignal
  /** How long a server may send no data, in milliseconds. Default: one minute. */
  readonly stall?: number
}

/**
 * Downloads missing artifacts and verifies all of them. A file is renamed to its checksum only after it is complete and
 * verified, so an interrupted download is never mistaken for an artifact.
 *
 * @throws Refused with all artifacts that cannot be downloaded or have the wrong checksum; the reason of the signal if
 *   it was aborted
 */
export async function fetchAll(wanted: readonly Wanted[], store: Store): Promise<readonly Fetched[]> {
  mkdirSync(store.cache, { recursive: true })
  await sweep(store.cache)
  const outcomes = await Promise.allSettled(wanted.map(one => fetchOne(one, store)))
  const problems: Problem[] = []
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue
    if (outcome.reason instanceof Refused) problems.push(...outcome.reason.problems)
    else if (!store.signal.aborted) throw outcome.reason
  }
  store.signal.throwIfAborted()
  if (problems.length > 0) throw new Refused(problems)
  return outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}

async function fetchOne(wanted: Wanted, store: Store): Promise<Fetched> {
  const { name, url, kind } = wanted.artifact
  const place = (sum: string) => join(store.cache, `${sum}.${kind}`)
  if (wanted.sha256 !== undefined && existsSync(place(wanted.sha256))) {
    const cached = await sumOf(createReadStream(place(wanted.sha256)))
    if (cached.sha256 === wanted.sha256) return { name, url, ...cached, file: place(cached.sha256) }
  }
  const partial = join(store.cache, `.partial-${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    const sum = await download(wanted, store, partial)
    if (wanted.sha256 !== undefined && sum.sha256 !== wanted.sha256) {
      throw new Refused([wrongSum(wanted, sum.sha256)])
    }
    await rename(partial, place(sum.sha256))
    return { name, url, ...sum, file: place(sum.sha256) }
  } finally {
    await rm(partial, { force: true })
  }
}

/** Deletes partial downloads of processes that were killed. */
async function sweep(cache: string): Promise<void> {
  for (const file of readdirSync(cache)) {
    const pid = Number(/^\.partial-(\d+)-/.exec(file)?.[1])
    if (pid > 0 && !isRunning(pid)) await rm(join(cache, file), { force: true })
  }
}

/** Whether a process with this ID exists. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

interface Sum {
  readonly sha256: string
  readonly bytes: number
}

async function download(wanted: Wanted, store: Store, to: string): Promise<Sum> {
  const { name, url } = wanted.artifact
  const address = new URL(url, `${pathToFileURL(store.inventoryFolder)}/`)
  if (address.protocol === 'file:') {
    try {
      return await sumOf(createReadStream(fileURLToPath(address)), to)
    } catch (error) {
      return refuse(name, `${fileURLToPath(address)} cannot be read: ${(error as Error).message}`)
    }
  }
  store.tell(`downloading ${name} from ${url}`)
  return downloadPatiently(name, address, to, store)
}

const pauses = [1_000, 4_000]

/** Tries up to three times after errors that may be temporary: lost connections and overloaded servers. */
async function downloadPatiently(name: string, address: URL, to: string, store: Store): Promise<Sum> {
  for (const pause of [...pauses, undefined]) {
    try {
      return await downloadOnce(name, address, to, store)
    } catch (error) {
      store.signal.throwIfAborted()
      if (error instanceof Refused) throw error
      if (pause === undefined) return refuse(name, `${address} cannot be downloaded: ${reasonOf(error)}`)
      await sleep(pause, undefined, { signal: store.signal })
    }
  }
  throw new Error('unreachable')
}

async function downloadOnce(name: string, address: URL, to: string, store: Store): Promise<Sum> {
  const { signal, stall = 60_000 } = store
  const control = new AbortController()
  const stalled = () => control.abort(new Error(`no data received for ${stall / 1_000} s`))
  let timer = setTimeout(stalled, stall)
  try {
    const response = await fetch(address, { signal: AbortSignal.any([control.signal, signal]) })
    if (!response.url.startsWith('https:')) {
      return refuse(name, `${address} redirects to ${response.url}, which is not https`)
    }
    if (response.status >= 500 || response.status === 429) throw new Error(`HTTP status ${response.status}`)
    if (!response.ok || response.body === null)
      return refuse(name, `${address} returned HTTP status ${response.status}`)
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
    return await sumOf(body, to, () => {
      clearTimeout(timer)
      timer = setTimeout(stalled, stall)
    })
  } finally {
    clearTimeout(timer)
  }
}

function refuse(name: string, what: string): never {
  throw new Refused([
    { path: Path.outside(`artifact ${name}`), message: `${what}; check its url in the inventory` },
  ])
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message : String(cause)
}

/** Reads a stream completely and returns its checksum. Writes it to a file if one is named. */
async function sumOf(stream: Readable, to?: string, heard: () => void = () => {}): Promise<Sum> {
  const hash = createHash('sha256')
  let bytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      heard()
      done(null, to === undefined ? undefined : chunk)
    },
  })
  if (to === undefined) await pipeline(stream, count.resume())
  else await pipeline(stream, count, createWriteStream(to))
  return { sha256: hash.digest('hex'), bytes }
}
