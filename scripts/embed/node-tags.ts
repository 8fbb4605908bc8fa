import type { Cluster } from '../cluster/cluster.ts'
import { tag } from '../cluster/tags.ts'
import { machineTags } from '../targets/ec2/ec2-tags.ts'
import type { Rendered } from './format.ts'

/** What launch would tag the machines of a node with, but for their image. */
export function nodeTags(cluster: Cluster, { node, userData }: Rendered): Readonly<Record<string, string>> {
  const { [tag.image]: _, ...tags } = machineTags(cluster, node, node.name, '')
  return {
    ...tags,
    ...(node.kind === 'seat' && { [tag.seat]: String(node.seat) }),
    [tag.userData]: userData.sha256,
  }
}
