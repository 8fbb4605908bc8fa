import { tag } from '../../../cluster/tags.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'

// Finds the resources of a cluster by their tags, reading listings to the last page.

/**
 * All items from all pages of a listing. A page may be short or empty without being the last.
 *
 * @param pages as returned by the paginators of the SDK
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

/** AWS tags as a record of values by name. */
export function fromTags(tags: readonly AwsTag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
}

/** The filter that finds the resources of a cluster. */
export function ofCluster(cluster: string) {
  return { Name: `tag:${tag.cluster}`, Values: [cluster] }
}

/**
 * Refuses to adopt a resource that has one of our names but not our tags.
 *
 * @param what its kind and name, for the message
 * @throws Refused
 */
export function refuseForeign(what: string, cluster: string, tags: readonly AwsTag[] | undefined): void {
  if (fromTags(tags)[tag.cluster] === cluster) return
  const message = `already exists without the tag ${tag.cluster}=${cluster}; rename or delete it, or rename the cluster`
  throw new Refused([{ path: Path.outside(what), message }])
}
