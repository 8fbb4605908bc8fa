import { inspect } from '../check/inspect.ts'
import { type Cluster, type Node, nodesOf } from '../cluster/cluster.ts'
import type { Draft } from '../cluster/draft.ts'
import { firstLaunch } from '../embed/first-launch.ts'
import { placeAt } from '../inventory/find-place.ts'
import { locator } from '../inventory/locate.ts'
import { placesIn } from '../inventory/places.ts'
import { type Problem, Refused } from '../inventory/problems.ts'
import { yaml } from '../inventory/schema.ts'
import type { Source } from '../inventory/source.ts'
import type { Plan } from '../plan/step.ts'
import { targets } from '../targets/list.ts'
import type { UserData } from '../user-data/render.ts'
import { type Programs, templatesOf } from '../user-data/templates.ts'
import { traceNode } from '../user-data/trace.ts'
import { type Topology, topologyOf } from './topology.ts'

/** Everything that the page shows of an inventory. */
export interface PageModel {
  readonly source: Source
  /** Sorted by their place in the inventory. */
  readonly problems: readonly Problem[]
  /** Undefined if the inventory has errors. */
  readonly shown: Shown | undefined
}

/** What the page shows of an inventory without errors. */
export interface Shown {
  readonly source: Source
  readonly cluster: Cluster
  readonly draft: Draft
  readonly nodes: readonly Node[]
  readonly userData: ReadonlyMap<string, UserData>
  readonly topology: Topology
  /** Undefined if only the target can plan the launch, or if it would be refused. */
  readonly plan: Plan | undefined
  /** Why the launch would be refused. */
  readonly refused: readonly Problem[]
}

/** Computes everything from the text of an inventory, with the code of the commands. */
export function modelOf(source: Source, programs: Programs): PageModel {
  const workshop = { templates: templatesOf(programs), sources: {} }
  const { problems, cluster, draft, userData } = inspect(
    { file: source.file, read: () => source },
    { value: { vars: {} }, problems: [] },
    workshop,
  )
  if (cluster === undefined || draft === undefined) return { source, problems, shown: undefined }
  const [nodes, topology] = [nodesOf(cluster), topologyOf(cluster)]
  const shown = { source, cluster, draft, userData, nodes, topology, ...planOf(cluster, userData) }
  return { source, problems, shown }
}

function planOf(cluster: Cluster, userData: ReadonlyMap<string, UserData>) {
  try {
    const plan = targets[cluster.target].inAccount ? firstLaunch(cluster, userData) : undefined
    return { plan, refused: [] }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { plan: undefined, refused: error.problems }
  }
}

/** A line of user data, and the settings that it was made from. */
export interface ShownLine {
  readonly text: string
  readonly from: readonly ShownSource[]
}

export interface ShownSource {
  readonly name: string
  /** The line in the inventory. Undefined if the value is a default. */
  readonly line: number | undefined
}

/** The user data of a node, with the lines of the inventory. */
export function linesOf(
  { draft, cluster, source }: Shown,
  node: Node,
  programs: Programs,
): readonly ShownLine[] {
  const root = placesIn(source.text, yaml)
  const positionIn = locator(source)
  return traceNode(programs, draft, cluster, node).map(({ text, from }) => ({
    text,
    from: from.map(({ name, path }) => ({
      name,
      line:
        path !== undefined && placeAt(root, path) !== undefined ? positionIn(path, 'key').line : undefined,
    })),
  }))
}
