import type { Cluster } from '../cluster/cluster.ts'
import { tag } from '../cluster/tags.ts'
import { machineTags } from '../targets/ec2/ec2-tags.ts'
import type { Rendered } from './format.ts'

/** The tags that a launch would give the instances of a node, except for the image. */
export function nodeTags(cluster: Cluster, { node, userData }: Rendered): Readonly<Record<string, string>> {
  const { [tag.image]: _, ...tags } = machineTags(cluster, node, node.name, '')
  return {
    ...tags,
    ...(node.kind === 'seat' && { [tag.seat]: String(node.seat) }),
    [tag.userData]: userData.sha256,
  }
}
