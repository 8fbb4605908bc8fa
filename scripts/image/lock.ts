import type { Outcome } from '../inventory/check-fields.ts'
import type { Artifact } from '../inventory/image-settings.ts'
import { type Problem, Refused } from '../inventory/problems.ts'

/** What an artifact was when it was baked first. It is never taken as anything else again. */
export interface Pin {
  readonly name: string
  readonly url: string
  readonly sha256: string
  readonly bytes: number
}

/** An artifact with the checksum that it must have, where one is known. */
export interface Wanted {
  readonly artifact: Artifact
  readonly sha256: string | undefined
  /** Who says so, as a message names it. */
  readonly says: string
}

export const lockFile = 'artifacts.lock.json'

const wayOut = `to accept the new file, remove its entry from ${lockFile} (and sha256 from the inventory), then bake again`

/** @throws Refused when the text isn't a lock file */
export function parseLock(text: string): readonly Pin[] {
  const pins: unknown = readJson(text)?.artifacts
  if (Array.isArray(pins) && pins.every(isPin)) return pins
  const message = 'is not valid; restore it from version control, or delete it to record all checksums again'
  throw new Refused([{ file: lockFile, path: '', message }])
}

function readJson(text: string): { readonly artifacts?: unknown } | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isPin(value: unknown): value is Pin {
  const { name, url, sha256, bytes } = Object(value)
  const texts = typeof name === 'string' && typeof url === 'string' && typeof bytes === 'number'
  return texts && /^[0-9a-f]{64}$/.test(String(sha256))
}

/** The lock file of these pins: one line each, in the order of their names, so that a change is easy to read. */
export function lockText(pins: readonly Pin[]): string {
  const key = ({ name, url }: Pin) => `${name} ${url}`
  const sorted = [...pins].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const lines = sorted.map(({ name, url, sha256, bytes }) => JSON.stringify({ name, url, sha256, bytes }))
  return `{\n  "artifacts": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`
}

/**
 * The checksum that each artifact must have: the lock's, else the inventory's, else none yet.
 *
 * @param frozen refuses what the lock doesn't have
 */
export function wantedOf(
  artifacts: readonly Artifact[],
  pins: readonly Pin[],
  frozen: boolean,
): Outcome<readonly Wanted[]> {
  const value = artifacts.map(artifact => {
    const pin = pinOf(artifact, pins)
    const says = pin === undefined ? 'the inventory' : lockFile
    return { artifact, sha256: pin?.sha256 ?? artifact.sha256, says }
  })
  const unlocked = frozen ? artifacts.filter(artifact => pinOf(artifact, pins) === undefined) : []
  return {
    value,
    problems: [
      ...unlocked.map(({ name, url }) => ({
        path: `artifact ${name}`,
        message: `${url} is not in ${lockFile}; bake once without --frozen and commit the file`,
      })),
      ...artifacts.flatMap(artifact => contradiction(artifact, pinOf(artifact, pins))),
    ],
  }
}

function pinOf({ name, url }: Artifact, pins: readonly Pin[]): Pin | undefined {
  return pins.find(pin => pin.name === name && pin.url === url)
}

function contradiction({ name, sha256 }: Artifact, pin: Pin | undefined): readonly Problem[] {
  if (pin === undefined || sha256 === undefined || sha256 === pin.sha256) return []
  const sums = `the inventory has sha256 ${sha256}, but ${lockFile} has ${pin.sha256}`
  return [{ path: `artifact ${name}`, message: `${sums}; ${wayOut}` }]
}

/** What is wrong with an artifact whose checksum is another one. */
export function wrongSum({ artifact, sha256 = '', says }: Wanted, found: string): Problem {
  const sums = `${artifact.url} has sha256 ${found}, but ${says} has ${sha256}`
  return { path: `artifact ${artifact.name}`, message: `${sums}; nothing was unpacked; ${wayOut}` }
}

/**
 * The pins after a bake: those of before that the inventory still names, and the new ones. A bake of one
 * architecture leaves those of the others.
 */
export function pinned(
  all: readonly Artifact[],
  before: readonly Pin[],
  added: readonly Pin[],
): readonly Pin[] {
  const kept = before.filter(pin => all.some(({ name, url }) => name === pin.name && url === pin.url))
  const fresh = added.filter(({ name, url }) => !kept.some(pin => pin.name === name && pin.url === url))
  return [...kept, ...fresh]
}
