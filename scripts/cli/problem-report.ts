import { commandLine } from '../check/command-line.ts'
import { sayProblems } from '../check/say-problems.ts'
import { locate } from '../inventory/locate.ts'
import { type Problem, Refused } from '../inventory/problems.ts'
import type { Source } from '../inventory/source.ts'
import { styleFor } from '../show/style.ts'
import { readInventory } from './inventory-file.ts'
import { type Given, textOf } from './options.ts'

/** The command that met problems, and how it was called. */
export interface Call {
  readonly name: string
  readonly args: readonly string[]
  readonly given: Given
}

type Env = Readonly<Record<string, string | undefined>>

/** What is said of problems that end a command. The inventory is read again for the lines that they stand in. */
export function report(problems: readonly Problem[], { name, args, given }: Call, env: Env): string {
  const source = sourceOf(given, env)
  return sayProblems(
    locate(
      problems.map(problem => onCommandLine(problem, given)),
      source,
    ),
    {
      source,
      called: commandLine(name, args),
      style: styleFor(process.stderr, env),
    },
  )
}

/** What EC2 says of an image is a problem of the option that named it, if one did. */
function onCommandLine(problem: Problem, { image }: Given): Problem {
  return problem.path === 'image.id' && image !== undefined ? { ...problem, path: '--image' } : problem
}

function sourceOf(given: Given, env: Env): Source | undefined {
  try {
    return readInventory(textOf(given, 'inventory'), env)
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}
