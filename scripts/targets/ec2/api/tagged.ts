import { tag } from '../../../cluster/tags.ts'
import { Refused } from '../../../inventory/problems.ts'

// How what belongs to a cluster is found: listings read to their end, and tags.

/**
 * Everything on all pages of a listing. A page may be short or empty, and not be the last.
 *
 * @param pages as the SDK's paginators give them
 */
export async function everyOf<P, T>(
  pages: AsyncIterable<P>,
  itemsOf: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  const items: T[] = []
  for await (const page of pages) items.push(...(itemsOf(page) ?? []))
  return items
}

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

/**
 * Refuses to take over what carries one of our names but not our tags.
 *
 * @param what its kind and name, for the message
 * @throws Refused
 */
export function refuseForeign(what: string, cluster: string, tags: readonly AwsTag[] | undefined): void {
  if (fromTags(tags)[tag.cluster] === cluster) return
  const message = `already exists without the tag ${tag.cluster}=${cluster}; rename or delete it, or rename the cluster`
  throw new Refused([{ path: what, message }])
}
