import { findPlace } from './find-place.ts'
import { type Place, placesIn } from './places.ts'
import { Path } from './problem-path.ts'
import type { Note, Problem } from './problems.ts'
import { yaml } from './schema.ts'
import { lineStarts, type Position, positionOf, type Source } from './source.ts'

/**
 * Gives problems their place in the inventory, puts them in the order of the file (the command line's come first)
 * and folds those that say the same of several nodes.
 *
 * The text is parsed again, with positions, only if there are problems.
 *
 * @param source the text of the inventory; without it, problems are only sorted
 */
export function locate(problems: readonly Problem[], source: Source | undefined): readonly Problem[] {
  if (source === undefined) return fold(problems)
  const positionIn = locator(source)
  const find = <T extends Note | Problem>(one: T): T => {
    if (one.line !== undefined || !isInInventory(one, source.file)) return one
    const { length, ...position } = positionIn(one.path ?? Path.root, 'at' in one ? one.at : undefined)
    return { ...one, file: source.file, ...position, ...('by' in one ? {} : { length }) }
  }
  const located = problems.map(problem => {
    const found = find(problem)
    return found.notes === undefined ? found : { ...found, notes: found.notes.map(find) }
  })
  return fold(located).toSorted(inOrder)
}

/** Finds places in a text, which is parsed when the first place is requested. */
export function locator({ text }: Source): (path: Path, at?: 'key') => Position {
  const starts = lineStarts(text)
  let root: Place | undefined
  return (path, at) => {
    root ??= placesIn(text, yaml)
    return positionOf(text, starts, findPlace(root, path, at) ?? { start: 0, end: 0 })
  }
}

function isInInventory({ path, file }: Note | Problem, inventory: string): boolean {
  return path?.of === 'inventory' && (file === undefined || file === inventory)
}

/** Merges problems with the same message at the same place. */
function fold(problems: readonly Problem[]): readonly Problem[] {
  const kept = new Map<string, Problem>()
  for (const problem of problems) {
    const { code, path, message, line, column, on = [] } = problem
    // A value with several paths, because of an alias, has only one place.
    const key = JSON.stringify([code, message, line === undefined ? path : [line, column]])
    const same = kept.get(key)
    const all = [...new Map([...(same?.on ?? []), ...on].map(place => [String(place), place])).values()]
    kept.set(key, { ...(same ?? problem), ...(all.length > 0 && { on: all }) })
  }
  return [...kept.values()]
}

function inOrder(a: Problem, b: Problem): number {
  const line = (a.line ?? 0) - (b.line ?? 0)
  return line === 0 ? (a.column ?? 0) - (b.column ?? 0) : line
}
