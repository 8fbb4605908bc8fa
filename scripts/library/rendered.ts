import { type Cluster, nodesOf } from '../cluster/cluster.ts'
import type { Rendered } from '../embed/format.ts'
import { nodeNamed } from '../embed/nodes.ts'
import { Path } from '../inventory/problem-path.ts'
import { loadTemplates } from '../user-data/load-templates.ts'
import { renderNode } from '../user-data/render.ts'
import type { Templates } from '../user-data/templates.ts'

/**
 * The nodes of a cluster with their user data: all nodes, or those with the given names.
 *
 * @throws Refused if no node has a given name, with the most similar name
 */
export function renderedOf(cluster: Cluster, names?: readonly string[]): readonly Rendered[] {
  const nodes = names?.map(name => nodeNamed(cluster, name, Path.outside('node'))) ?? nodesOf(cluster)
  return nodes.map(node => ({ node, userData: renderNode(templates(), cluster, node) }))
}

// Loaded on first use, so that an import has no effects.
let compiled: Templates | undefined
function templates(): Templates {
  compiled ??= loadTemplates()
  return compiled
}
