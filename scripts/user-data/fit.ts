import type { Cluster } from '../cluster/cluster.ts'
import { bytesOf } from '../inventory/bytes.ts'
import { gzip } from './gzip.ts'
import { userDataLimit } from './limit.ts'
import type { UserData } from './render.ts'
import { type Body, stubOf } from './stub.ts'

/** The data that EC2 receives for a node. */
export interface Fitted {
  /** Unchanged, compressed, or a stub that fetches it from S3. */
  readonly form: 'plain' | 'gzip' | 's3'
  readonly payload: Uint8Array
  /** The data that must be in S3 before an instance boots. */
  readonly body: StoredBody | undefined
}

export interface StoredBody extends Body {
  readonly text: string
}

/** Settings that determine how user data is fitted into the EC2 limit. */
type Fittable = Pick<Cluster, 'name' | 'region' | 'userDataBucket' | 'fit'>

/** The prefix of a cluster's user data in a bucket. Its instances have no permission to read anything else. */
export function bodyPrefix(cluster: string): string {
  return `mesos-bakery/${cluster}/`
}

/** Fits the user data of a node into the EC2 limit, in the first form that fits, or in the configured form. */
export function fitUserData(cluster: Fittable, userData: UserData): Fitted | undefined {
  const may = (form: Fitted['form']) => cluster.fit === 'auto' || cluster.fit === form
  const plain = bytesOf(userData.text)
  if (may('plain') && plain.length <= userDataLimit) return { form: 'plain', payload: plain, body: undefined }
  if (may('gzip')) {
    const packed = gzip(plain)
    if (packed.length <= userDataLimit) return { form: 'gzip', payload: packed, body: undefined }
  }
  return may('s3') && cluster.userDataBucket !== undefined
    ? stored(cluster, cluster.userDataBucket, userData)
    : undefined
}

function stored({ name, region }: Fittable, bucket: string, { sha256, text }: UserData): Fitted {
  // The key contains the checksum, so different content has a different key, and an object never changes.
  const body = { region, bucket, key: `${bodyPrefix(name)}${sha256}.yaml`, sha256, text }
  return { form: 's3', payload: bytesOf(stubOf(body)), body }
}

/**
 * The data that EC2 receives for a node.
 *
 * @throws Error if no form fits, which is refused before a plan is made
 */
export function fitted(cluster: Fittable, userData: UserData): Fitted {
  const found = fitUserData(cluster, userData)
  if (found === undefined)
    throw new Error(`the user data of ${userData.name} is too large, but was not rejected`)
  return found
}
