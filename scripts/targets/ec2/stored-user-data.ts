import { nodesOf } from '../../cluster/cluster.ts'
import { byteLength } from '../../inventory/bytes.ts'
import { removal, type Step } from '../../plan/step.ts'
import { fitted, type StoredBody } from '../../user-data/fit.ts'
import type { Facts } from './facts.ts'

/** Stores user data that is too large for EC2 in a bucket, where a stub fetches it. */
export interface StoreUserData extends Step {
  readonly action: 'create'
  readonly kind: 'user-data'
  readonly bucket: string
  readonly key: string
  readonly bytes: number
  readonly sha256: string
}

/** User data as it is shown in a plan. */
export interface UserDataSum {
  readonly bytes: number
  readonly sha256: string
  /**
   * What EC2 receives if the user data is too large: the compressed user data, or a stub that fetches it from a bucket.
   */
  readonly form?: 'gzip' | 's3'
  readonly bucket?: string
}

/** The user data stored in S3 because it is too large for EC2, each with the first node that boots with it. */
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

/** An upload for all user data that is not in the bucket. */
export function bodySteps(facts: Facts): readonly StoreUserData[] {
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
      bytes: byteLength(text),
      sha256,
      says: {
        sign: '+',
        title: 'user data',
        detail: `${byteLength(text)} bytes in s3://${bucket}`,
      },
    }))
}

/** User data as it is shown in a plan. The form is included only if EC2 does not receive the user data unchanged. */
export function sumOf({ cluster, userData }: Facts, node: string): UserDataSum | undefined {
  const one = userData.get(node)
  if (one === undefined) return undefined
  const { form, body } = fitted(cluster, one)
  const { bytes, sha256 } = one
  if (form === 'plain') return { bytes, sha256 }
  return { bytes, sha256, form, ...(body !== undefined && { bucket: body.bucket }) }
}

/** The step that deletes user data from S3, after no instance boots with it. */
export function deleteStoredUserData(key: string, after: readonly Step[]) {
  return removal('user-data', key, key, after)
}
