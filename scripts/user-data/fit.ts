import type { Cluster } from '../cluster/cluster.ts'
import { gzip } from './gzip.ts'
import { userDataLimit } from './limit.ts'
import type { UserData } from './render.ts'
import { type Body, stubOf } from './stub.ts'

/** What EC2 is given for a node. */
export interface Fitted {
  /** As it is, compressed, or a stub that fetches it from S3. */
  readonly form: 'plain' | 'gzip' | 's3'
  readonly payload: Uint8Array
  /** What has to be in S3 before a machine boots. */
  readonly body: StoredBody | undefined
}

export interface StoredBody extends Body {
  readonly text: string
}

/** What of a cluster decides how its user-data is brought under EC2's limit. */
type Fittable = Pick<Cluster, 'name' | 'region' | 'userDataBucket' | 'fit'>

/** Where in a bucket the bodies of a cluster are. Its machines may read there, and nowhere else. */
export function bodyPrefix(cluster: string): string {
  return `mesos-bakery/${cluster}/`
}

/** Brings a node's user-data under EC2's limit in the first form that fits, or the one that is asked for. */
export function fitUserData(cluster: Fittable, userData: UserData): Fitted | undefined {
  const may = (form: Fitted['form']) => cluster.fit === 'auto' || cluster.fit === form
  const plain = Buffer.from(userData.text)
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
  // Its name says its content: another content is another object, and none ever changes under a machine.
  const body = { region, bucket, key: `${bodyPrefix(name)}${sha256}.yaml`, sha256, text }
  return { form: 's3', payload: Buffer.from(stubOf(body)), body }
}

/**
 * What EC2 is given for a node.
 *
 * @throws Error where nothing fits, which is refused before a plan is made
 */
export function fitted(cluster: Fittable, userData: UserData): Fitted {
  const found = fitUserData(cluster, userData)
  if (found === undefined)
    throw new Error(`the user data of ${userData.name} is too large, but was not rejected`)
  return found
}
