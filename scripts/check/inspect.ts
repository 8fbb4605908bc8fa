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

/** An inventory that was looked through: everything that is wrong with it, and where. */
export interface Inspected {
  readonly file: string
  readonly source: Source | undefined
  readonly problems: readonly Problem[]
  /** There when nothing but warnings is wrong with the inventory itself. */
  readonly cluster: Cluster | undefined
  readonly draft: Draft | undefined
  /** What was rendered, by node, if it was. */
  readonly userData: ReadonlyMap<string, UserData>
}

/** What user-data is rendered with, as text too, to point at. */
export interface Workshop {
  readonly templates: Templates
  readonly sources: Sources
}

/**
 * Looks an inventory through by every rule that needs no target. Nothing is thrown for what a person can mend.
 *
 * @param read reads the file; what it refuses is one of the problems
 * @param workshop given when what is rendered is to be looked through too
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
  // Containers are given their user-data as a file, of any size.
  const tooLarge = targets[cluster.target].anySize ? [] : unfitting(cluster, userData)
  return { userData, found: [...tooLarge, ...blameTemplates(userData.values(), workshop.sources)] }
}
