import type { Cluster } from '../../cluster/cluster.ts'
import { tag } from '../../cluster/tags.ts'

type Tags = Readonly<Record<string, string>>

/** Tags as AWS takes them. */
export function toTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** Tags of a machine and of its volumes, in the call that makes them. */
export function tagMachine(tags: Tags) {
  return (['instance', 'volume'] as const).map(ResourceType => ({ ResourceType, Tags: toTags(tags) }))
}

/** What everything of a cluster carries, beside what it needs of its own. */
export function clusterTags(cluster: Cluster, name: string): Tags {
  return { ...cluster.tags, Name: name, [tag.cluster]: cluster.name }
}
