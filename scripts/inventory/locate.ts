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
 * The text is read once more, with positions: only somebody with problems pays for them.
 *
 * @param source what was read; without it only the order is made
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

/** Finds places in a text, which is read at the first question. */
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

/** One problem for all that say the same of the same place. */
function fold(problems: readonly Problem[]): readonly Problem[] {
  const kept = new Map<string, Problem>()
  for (const problem of problems) {
    const { code, path, message, line, column, on = [] } = problem
    // What is reached by several paths, through an alias, is in one place all the same.
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
