import { nodesOf } from '../../cluster/cluster.ts'
import { removal, type Step } from '../../plan/step.ts'
import { fitted, type StoredBody } from '../../user-data/fit.ts'
import type { Facts } from './facts.ts'

/** Puts user-data that is too large for EC2 where a stub fetches it. */
export interface StoreUserData extends Step {
  readonly action: 'create'
  readonly kind: 'user-data'
  readonly bucket: string
  readonly key: string
  readonly bytes: number
  readonly sha256: string
}

/** A user-data as it stands in a plan. */
export interface UserDataSum {
  readonly bytes: number
  readonly sha256: string
  /** What EC2 is given instead, where it is too large: itself compressed, or a stub that fetches it from a bucket. */
  readonly form?: 'gzip' | 's3'
  readonly bucket?: string
}

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
      bytes: Buffer.byteLength(text),
      sha256,
      says: {
        sign: '+',
        title: 'user data',
        detail: `${Buffer.byteLength(text)} bytes in s3://${bucket}`,
      },
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

/** The removal of what is kept in S3, once no machine boots with it. */
export function deleteStoredUserData(key: string, after: readonly Step[]) {
  return removal('user-data', key, key, after)
}
