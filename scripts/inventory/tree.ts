import { Path } from './problem-path.ts'
import { type Problem, Refused } from './problems.ts'

const mostValues = 200_000

/**
 * Finds values that no inventory may contain: numbers that are not finite, and aliases that refer to where
 * they are or that expand without limit.
 *
 * @throws Refused for such aliases, because the rest of the inventory cannot be checked
 */
export function checkTree(root: unknown, rootPath = Path.root): readonly Problem[] {
  let seen = 0
  const problems: Problem[] = []
  const walk = (value: unknown, path: Path, above: readonly unknown[]): void => {
    seen += 1
    if (seen > mostValues || above.includes(value)) throw new Refused([{ path, ...endless }])
    if (typeof value === 'number' && !Number.isFinite(value)) {
      problems.push({ code: 'E004', path, message: `must be a finite number, got ${value}` })
    }
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) walk(inner, path.below(key), [...above, value])
  }
  walk(root, rootPath, [])
  return problems
}

const endless = {
  code: 'E003',
  message: 'an alias refers to itself, or nested aliases expand to too many values',
  help: 'write the value instead of the alias',
} as const
