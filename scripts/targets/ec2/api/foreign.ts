import { tag } from '../../../cluster/tags.ts'
import { Refused } from '../../../inventory/problems.ts'
import { type AwsTag, fromTags } from './tags.ts'

/**
 * Refuses to take over what carries one of our names but not our tags.
 *
 * @param what its kind and name, for the message
 * @throws Refused
 */
export function refuseForeign(what: string, cluster: string, tags: readonly AwsTag[] | undefined): void {
  if (fromTags(tags)[tag.cluster] === cluster) return
  const message = `exists already and doesn't carry the tag ${tag.cluster}=${cluster}; rename or delete it, or rename the cluster`
  throw new Refused([{ path: what, message }])
}
