import type { Entry, Place } from './places.ts'
import type { Path } from './problem-path.ts'
import type { Span } from './source.ts'

/**
 * Where a path leads: to the value, or to its key when the key is meant or the value has no place of its own.
 * A path that leads nowhere ends where it leaves the text.
 */
export function findPlace(root: Place, path: Path, at: 'key' | undefined): Span | undefined {
  const trail = follow(root, path)
  const last = trail.at(-1)
  if (last === undefined) return undefined
  const isWhole = trail.length === path.words.length
  return at === 'key' || !isWhole ? last.key : (last.place.span ?? last.key)
}

/** The value that a path leads to. */
export function placeAt(root: Place, path: Path): Place | undefined {
  const trail = follow(root, path)
  return trail.length === path.words.length ? trail.at(-1)?.place : undefined
}

/** The entries on the way, as far as there are any. */
function follow(root: Place, path: Path): readonly Entry[] {
  const trail: Entry[] = []
  for (const key of path.words) {
    const entry = (trail.at(-1)?.place ?? root).entries.get(key)
    if (entry === undefined) break
    trail.push(entry)
  }
  return trail
}
