import type { Cluster, Node } from '../../cluster/cluster.ts'
import { tag } from '../../cluster/tags.ts'

type Tags = Readonly<Record<string, string>>

/** What every machine of a node carries, with its volumes. */
export function machineTags(cluster: Cluster, node: Node, name: string, image: string): Tags {
  return {
    ...cluster.tags,
    Name: name,
    [tag.cluster]: cluster.name,
    [tag.group]: node.group,
    [tag.image]: image,
    ...(node.kind === 'seat' && { [tag.join]: cluster.name, [tag.leaders]: String(cluster.seats.length) }),
  }
}
