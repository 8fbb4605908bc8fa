import type { Cluster, Overrides } from '../cluster/cluster.ts'
import { examine } from '../cluster/resolve.ts'
import type { Outcome } from '../inventory/check.ts'
import { locate } from '../inventory/locate.ts'
import { parseInventory } from '../inventory/parse.ts'
import { type Problem, Refused } from '../inventory/problems.ts'
import type { Source } from '../inventory/source.ts'

/** An inventory that was looked through: everything that is wrong with it, and where. */
export interface Inspected {
  readonly file: string
  readonly source: Source | undefined
  readonly problems: readonly Problem[]
  /** There when nothing but warnings is wrong. */
  readonly cluster: Cluster | undefined
}

/**
 * Looks an inventory through by every rule that needs no target. Nothing is thrown for what a person can mend.
 *
 * @param read reads the file; what it refuses is one of the problems
 */
export function inspect(file: string, read: () => Source, set: Outcome<Overrides>): Inspected {
  let source: Source | undefined
  try {
    source = read()
    const { problems, cluster } = examine(parseInventory(source.text, source.file), set)
    return { file: source.file, source, cluster, problems: locate(problems, source) }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return {
      file: source?.file ?? file,
      source,
      cluster: undefined,
      problems: locate(error.problems, source),
    }
  }
}
