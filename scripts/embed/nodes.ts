import { type Cluster, type Node, nodesOf } from '../cluster/cluster.ts'
import { suggestion } from '../inventory/nearest.ts'
import type { Path } from '../inventory/problem-path.ts'
import { Refused } from '../inventory/problems.ts'

/**
 * Finds a node by its name.
 *
 * @param path the option or parameter, for the message
 * @throws Refused with the most similar name, or with the nodes of a group if a group was named instead
 */
export function nodeNamed(cluster: Cluster, name: string, path: Path): Node {
  const nodes = nodesOf(cluster)
  const node = nodes.find(candidate => candidate.name === name)
  if (node !== undefined) return node
  const ofGroup = nodes.filter(({ group }) => group === name).map(one => one.name)
  if (ofGroup.length > 0) {
    throw new Refused([
      { path, message: `${name} is a group, not a node`, help: `its nodes are ${ofGroup.join(', ')}` },
    ])
  }
  const names = nodes.map(one => one.name)
  const help = suggestion(name, names) ?? `use one of: ${names.slice(0, 10).join(', ')}`
  throw new Refused([{ path, message: `unknown node ${name}`, help }])
}
