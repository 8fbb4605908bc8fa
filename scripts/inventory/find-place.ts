import type { Entry, Place } from './places.ts'
import type { Span } from './source.ts'

/**
 * Where a path leads: to the value, or to its key when the key is meant or the value has no place of its own.
 * A path that leads nowhere ends where it leaves the text. Keys may contain dots.
 */
export function findPlace(root: Place, path: string, at: 'key' | undefined): Span | undefined {
  const trail = follow(root, path)
  const last = trail.at(-1)
  const whole = nameOf(trail) === path
  if (last === undefined) return undefined
  return at === 'key' || !whole ? last.key : (last.place.span ?? last.key)
}

/** The value that a path leads to. */
export function placeAt(root: Place, path: string): Place | undefined {
  const trail = follow(root, path)
  return nameOf(trail) === path ? trail.at(-1)?.place : undefined
}

type Step = Entry & { readonly name: string }

function follow(from: Place, path: string): readonly Step[] {
  let best: readonly Step[] = []
  for (const [name, entry] of from.entries) {
    if (path !== name && !path.startsWith(`${name}.`)) continue
    const rest = path === name ? [] : follow(entry.place, path.slice(name.length + 1))
    const trail = [{ ...entry, name }, ...rest]
    if (nameOf(trail).length > nameOf(best).length) best = trail
  }
  return best
}

function nameOf(trail: readonly Step[]): string {
  return trail.map(({ name }) => name).join('.')
}
