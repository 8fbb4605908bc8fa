import { commandLine } from '../check/command-line.ts'
import { sayProblems } from '../check/say-problems.ts'
import { locate } from '../inventory/locate.ts'
import { Path } from '../inventory/problem-path.ts'
import { type Problem, Refused } from '../inventory/problems.ts'
import type { Source } from '../inventory/source.ts'
import { styleFor } from '../show/style.ts'
import { readInventory } from './inventory-file.ts'
import type { Call } from './options.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The text for problems that end a command. The inventory is read again to show the lines. */
export function report(problems: readonly Problem[], call: Call, env: Env): string {
  const source = sourceOf(call.inventory, env)
  return sayProblems(
    locate(
      problems.map(problem => onCommandLine(problem, call)),
      source,
    ),
    {
      source,
      called: commandLine(call.name, call.args),
      style: styleFor(process.stderr, env),
    },
  )
}

/** A problem that EC2 reports for an image is shown at the option that named the image, if there is one. */
function onCommandLine(problem: Problem, { explicit }: Call): Problem {
  return problem.path.isSame(Path.inInventory('image', 'id')) && explicit.has('image')
    ? { ...problem, path: Path.ofOption('--image') }
    : problem
}

function sourceOf(named: string | undefined, env: Env): Source | undefined {
  try {
    return readInventory(named, env)
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}
