import type { Cluster, Overrides } from '../cluster/cluster.ts'
import type { Draft } from '../cluster/draft.ts'
import { examine } from '../cluster/resolve.ts'
import type { Outcome } from '../inventory/check-fields.ts'
import { locate } from '../inventory/locate.ts'
import { parseInventory } from '../inventory/parse.ts'
import { type Problem, Refused } from '../inventory/problems.ts'
import type { Source } from '../inventory/source.ts'
import { targets } from '../targets/list.ts'
import { blameTemplates } from '../user-data/blame.ts'
import type { Sources } from '../user-data/compile.ts'
import { unfitting } from '../user-data/fit-rules.ts'
import { renderCluster, type UserData } from '../user-data/render.ts'
import type { Templates } from '../user-data/templates.ts'

/** An inventory after all checks: every problem, and where it is. */
export interface Inspected {
  readonly file: string
  readonly source: Source | undefined
  readonly problems: readonly Problem[]
  /** Defined if the inventory itself has nothing worse than warnings. */
  readonly cluster: Cluster | undefined
  readonly draft: Draft | undefined
  /** The rendered user data by node, if it was rendered. */
  readonly userData: ReadonlyMap<string, UserData>
}

/** The templates that user data is rendered with, also as text, to show problems in them. */
export interface Workshop {
  readonly templates: Templates
  readonly sources: Sources
}

/**
 * Checks an inventory with every rule that needs no target. Problems that the user can resolve are returned, not
 * thrown.
 *
 * @param read reads the file; if it throws Refused, this is one of the problems
 * @param workshop given if the rendered user data is to be checked too
 */
export function inspect(
  { file, read }: { readonly file: string; readonly read: () => Source },
  set: Outcome<Overrides>,
  workshop?: Workshop,
): Inspected {
  let source: Source | undefined
  const nothing = { cluster: undefined, draft: undefined, userData: new Map<string, UserData>() }
  try {
    source = read()
    const { problems, cluster, draft } = examine(parseInventory(source.text, source.file), set)
    const { userData, found } = lookThrough(cluster, workshop)
    return {
      file: source.file,
      source,
      cluster,
      draft,
      userData,
      problems: locate([...problems, ...found], source),
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { ...nothing, file: source?.file ?? file, source, problems: locate(error.problems, source) }
  }
}

function lookThrough(cluster: Cluster | undefined, workshop: Workshop | undefined) {
  if (cluster === undefined || workshop === undefined)
    return { userData: new Map<string, UserData>(), found: [] }
  const userData = new Map(renderCluster(workshop.templates, cluster).map(one => [one.name, one]))
  // Containers receive their user data as a file of any size.
  const tooLarge = targets[cluster.target].anySize ? [] : unfitting(cluster, userData)
  return { userData, found: [...tooLarge, ...blameTemplates(userData.values(), workshop.sources)] }
}
