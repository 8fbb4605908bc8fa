import type { Cluster } from '../../../cluster/cluster.ts'
import { tag } from '../../../cluster/tags.ts'
import { Path } from '../../../inventory/problem-path.ts'
import type { Problem } from '../../../inventory/problems.ts'
import { bodyPrefix } from '../../../user-data/fit.ts'
import type { StepOf } from '../ec2-step.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { refuseForeign } from './tagged.ts'

// User data that is too large for EC2, stored in the bucket that the inventory names.

/** The keys of the stored user data of a cluster. Empty if no bucket is named or the bucket does not exist. */
export async function observeBodies(aws: Aws, { name, userDataBucket }: Cluster): Promise<readonly string[]> {
  if (userDataBucket === undefined) return []
  const s3 = await aws.s3()
  const keys: string[] = []
  const query = { Bucket: userDataBucket, Prefix: bodyPrefix(name) }
  for (let token: string | undefined; ; ) {
    const list = s3.listObjectsV2({ ...query, ...(token !== undefined && { ContinuationToken: token }) })
    const page = await unless(/^NoSuchBucket$/, list, () => undefined)
    keys.push(...(page?.Contents ?? []).flatMap(({ Key }) => Key ?? []))
    token = page?.NextContinuationToken
    if (token === undefined) return keys
  }
}

/** Checks that the bucket exists, is in the region of the cluster, and is accessible. */
export async function checkBucket(aws: Aws, { userDataBucket }: Cluster): Promise<readonly Problem[]> {
  if (userDataBucket === undefined) return []
  const s3 = await aws.s3()
  const head = s3.headBucket({ Bucket: userDataBucket }).then(() => undefined)
  const missing =
    /^(NotFound|NoSuchBucket|Forbidden|AccessDenied|PermanentRedirect|BadRequest|UnknownError|301|400|403)$/
  const why = await unless(missing, head, error => error.name)
  if (why === undefined) return []
  const message = `bucket ${userDataBucket} not found in ${aws.region}, or access denied (${why})`
  return [
    {
      code: 'E050',
      path: Path.inInventory('user_data_bucket'),
      message,
      help: 'create it, or set another bucket',
    },
  ]
}

/** Uploads user data to its bucket, encrypted. Idempotent, because its name is its checksum. */
export async function storeBody(
  aws: Aws,
  cluster: Cluster,
  { bucket, key, sha256 }: StepOf<'user-data'>,
  text: string,
): Promise<string> {
  const s3 = await aws.s3()
  await s3.putObject({
    Bucket: bucket,
    Key: key,
    Body: text,
    ContentType: 'text/cloud-config',
    ServerSideEncryption: 'AES256',
    ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
    // An object can have at most ten tags, so only the essential one is set.
    Tagging: String(new URLSearchParams({ [tag.cluster]: cluster.name })),
  })
  return key
}

/** Deletes stored user data if it carries the tag of the cluster. */
export async function deleteBody(aws: Aws, cluster: Cluster, key: string): Promise<void> {
  const s3 = await aws.s3()
  const object = { Bucket: cluster.userDataBucket, Key: key }
  const { TagSet } = await unless(/^NoSuchKey$/, s3.getObjectTagging(object), () => ({ TagSet: undefined }))
  if (TagSet === undefined) return
  refuseForeign(`s3://${cluster.userDataBucket}/${key}`, cluster.name, TagSet)
  await s3.deleteObject(object)
}
