import type { Outcome } from '../inventory/check-fields.ts'
import type { Artifact } from '../inventory/image-settings.ts'
import { Path } from '../inventory/problem-path.ts'
import { type Problem, Refused } from '../inventory/problems.ts'

/** An artifact as it was when it was first baked. Different content is refused. */
export interface Pin {
  readonly name: string
  readonly url: string
  readonly sha256: string
  readonly bytes: number
}

/** An artifact with its expected checksum, if there is one. */
export interface Wanted {
  readonly artifact: Artifact
  readonly sha256: string | undefined
  /** The source of the checksum, for messages. */
  readonly says: string
}

export const lockFile = 'artifacts.lock.json'

const wayOut = `to accept the new file, remove its entry from ${lockFile} (and sha256 from the inventory), then bake again`

/** @throws Refused if the text is not a lock file */
export function parseLock(text: string): readonly Pin[] {
  const pins: unknown = readJson(text)?.artifacts
  if (Array.isArray(pins) && pins.every(isPin)) return pins
  const message = 'is not valid; restore it from version control, or delete it to record all checksums again'
  throw new Refused([{ file: lockFile, path: Path.root, message }])
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

/** The text of a lock file: a line for each pin, sorted by name, so that changes are easy to review. */
export function lockText(pins: readonly Pin[]): string {
  const key = ({ name, url }: Pin) => `${name} ${url}`
  const sorted = [...pins].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const lines = sorted.map(({ name, url, sha256, bytes }) => JSON.stringify({ name, url, sha256, bytes }))
  return `{\n  "artifacts": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`
}

/**
 * The expected checksum of each artifact: from the lock file, otherwise from the inventory, otherwise none.
 *
 * @param frozen refuses artifacts that are not in the lock file
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
        path: Path.outside(`artifact ${name}`),
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
  return [{ path: Path.outside(`artifact ${name}`), message: `${sums}; ${wayOut}` }]
}

/** The problem with an artifact whose checksum differs. */
export function wrongSum({ artifact, sha256 = '', says }: Wanted, found: string): Problem {
  const sums = `${artifact.url} has sha256 ${found}, but ${says} has ${sha256}`
  return {
    path: Path.outside(`artifact ${artifact.name}`),
    message: `${sums}; nothing was unpacked; ${wayOut}`,
  }
}

/**
 * The pins after a bake: the previous ones that the inventory still names, and the new ones. A bake of one architecture
 * keeps the pins of the others.
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
