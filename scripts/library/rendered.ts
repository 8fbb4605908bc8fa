import { type Cluster, nodesOf } from '../cluster/cluster.ts'
import type { Rendered } from '../embed/format.ts'
import { nodeNamed } from '../embed/nodes.ts'
import { loadTemplates } from '../user-data/load-templates.ts'
import { renderNode } from '../user-data/render.ts'
import type { Templates } from '../user-data/templates.ts'

/**
 * The nodes of a cluster with what they boot with: all, or those of some names.
 *
 * @throws Refused when no node has a name, with the nearest
 */
export function renderedOf(cluster: Cluster, names?: readonly string[]): readonly Rendered[] {
  const nodes = names?.map(name => nodeNamed(cluster, name, 'node')) ?? nodesOf(cluster)
  return nodes.map(node => ({ node, userData: renderNode(templates(), cluster, node) }))
}

// Made when they are first needed: an import does nothing.
let compiled: Templates | undefined
function templates(): Templates {
  compiled ??= loadTemplates()
  return compiled
}
