import { tag } from '../../../cluster/tags.ts'

type Tags = Readonly<Record<string, string>>

export interface AwsTag {
  readonly Key?: string | undefined
  readonly Value?: string | undefined
}

/** Tags as AWS gives them, by name. */
export function fromTags(tags: readonly AwsTag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
}

/** The filter that finds what belongs to a cluster. */
export function ofCluster(cluster: string) {
  return { Name: `tag:${tag.cluster}`, Values: [cluster] }
}
