import type { Cluster, Node } from '../../cluster/cluster.ts'
import { tag } from '../../cluster/tags.ts'
import { holdsSeat } from '../../plan/machines.ts'
import type { Step } from '../../plan/step.ts'
import type { Facts } from './facts.ts'

type Tags = Readonly<Record<string, string>>

/** Converts tags to the format of the AWS API. */
export function toTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** Tags an instance and its volumes in the call that creates them. */
export function tagMachine(tags: Tags) {
  return (['instance', 'volume'] as const).map(ResourceType => ({ ResourceType, Tags: toTags(tags) }))
}

/** The tags that every resource of a cluster has. Some kinds of resource have more. */
export function clusterTags(cluster: Cluster, name: string): Tags {
  return { ...cluster.tags, Name: name, [tag.cluster]: cluster.name }
}

/** The tags of every instance of a node and of its volumes. */
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

/** Applies the tags of the inventory to a leader's instance and the resources that belong to it. */
export interface TagSeat extends Step {
  readonly action: 'update'
  readonly kind: 'tags'
  readonly targets: readonly string[]
  readonly tags: Tags
}

/**
 * A change for every leader whose instance lacks tags of the inventory or has different values. Tags that the inventory
 * does not name are kept, because someone else may have set them.
 */
export function tagSteps({ cluster, actual }: Facts): readonly TagSeat[] {
  return actual.machines.flatMap(machine => {
    const { placement, id, seat } = machine
    const name = cluster.seats.find(one => one.seat === seat)?.name
    if (placement === undefined || name === undefined || !holdsSeat(machine)) return []
    const tags = missingTags(cluster.tags, placement.tags)
    if (Object.keys(tags).length === 0) return []
    const targets = [id, ...placement.parts]
    const detail = Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(', ')
    const says = { sign: '~', title: 'tags', detail } as const
    return [{ id: `tags of ${id}`, needs: [], action: 'update', kind: 'tags', name, targets, tags, says }]
  })
}

/** The tags that are missing or have a different value. */
export function missingTags(asked: Tags, present: Tags): Tags {
  return Object.fromEntries(Object.entries(asked).filter(([key, value]) => present[key] !== value))
}
