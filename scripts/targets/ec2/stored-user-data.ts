import { nodesOf } from '../../cluster/cluster.ts'
import { fitted, type StoredBody } from '../../user-data/fit.ts'
import type { Facts } from './facts.ts'
import type { Step, UserDataSum } from './step.ts'

/** What is kept in S3 because it is too large for EC2, each with the first node that boots with it. */
function bodiesOf({
  cluster,
  userData,
}: Facts): readonly { readonly name: string; readonly body: StoredBody }[] {
  const bodies = nodesOf(cluster).flatMap(({ name }) => {
    const one = userData.get(name)
    const body = one === undefined ? undefined : fitted(cluster, one).body
    return body === undefined ? [] : [{ name, body }]
  })
  return [...new Map(bodies.toReversed().map(one => [one.body.key, one])).values()].toReversed()
}

/** An upload for every body that isn't in the bucket. */
export function bodySteps(facts: Facts): readonly Step[] {
  return bodiesOf(facts)
    .filter(({ body }) => !facts.actual.bodies.includes(body.key))
    .map(({ name, body: { bucket, key, sha256, text } }) => ({
      id: `user-data ${name}`,
      needs: [],
      action: 'create',
      kind: 'user-data',
      name,
      bucket,
      key,
      bytes: Buffer.byteLength(text),
      sha256,
    }))
}

/** A user-data as it stands in a plan. What EC2 is given is told only where it isn't the user-data itself. */
export function sumOf({ cluster, userData }: Facts, node: string): UserDataSum | undefined {
  const one = userData.get(node)
  if (one === undefined) return undefined
  const { form, body } = fitted(cluster, one)
  const { bytes, sha256 } = one
  if (form === 'plain') return { bytes, sha256 }
  return { bytes, sha256, form, ...(body !== undefined && { bucket: body.bucket }) }
}
