import { gunzipSync } from 'node:zlib'
import { DescribeInstanceAttributeCommand, DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2'
import { GetRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { clientConfig } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { readDocument } from '../harness/documents.ts'
import { cut, deny, dropReply, throttle } from '../harness/faults.ts'
import { inventoryOf, inventoryText, refused, startTrial } from '../harness/launched.ts'
import { startMachine } from '../harness/machine.ts'
import { podmanMissing } from '../harness/podman.ts'
import { filesOfDouble } from '../harness/stored-user-data.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** User data with `kilobytes` of the user's own, half of which can be compressed away. */
const extra = (kilobytes: number, bucket: string) => `
user_data_bucket: ${bucket}
vars:
  user_data_extra:
    write_files: [{ path: /etc/motd, content: "${hex(kilobytes * 1024)}" }]
`
const hex = (length: number) =>
  Array.from({ length: length / 16 }, (_, i) => Math.sin(i).toString(16).slice(-12).padStart(16, 'f')).join(
    '',
  )

const s3Of = (cloud: Cloud) => new S3Client(clientConfig(cloud.proxy.url))

/** The user data that EC2 received for the first leader and for a pool. */
async function payloads(cloud: Cloud, name: string) {
  const { leaders, templates } = await inventoryOf(cloud, name)
  const attribute = { InstanceId: leaders[0]?.InstanceId ?? '', Attribute: 'userData' } as const
  const { UserData } = await cloud.ec2.send(new DescribeInstanceAttributeCommand(attribute))
  const LaunchTemplateName = templates.find(
    one => one.LaunchTemplateName === `${name}-web`,
  )?.LaunchTemplateName
  const { LaunchTemplateVersions = [] } = await cloud.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName, Versions: ['$Latest'] }),
  )
  const pool = LaunchTemplateVersions[0]?.LaunchTemplateData?.UserData
  return [UserData?.Value, pool].map(text => Buffer.from(text ?? '', 'base64'))
}

test('user data over the EC2 limit is compressed', async t => {
  const cloud = t.context
  const text = inventoryText(cloud, 'packed', extra(16, 'nobody-asks').replace(/user_data_bucket.*\n/, ''))
  const launch = await startTrial(cloud, 'packed', text).run('launch', ['--yes'])
  t.is(launch.code, 0, launch.stderr)
  for (const payload of await payloads(cloud, 'packed')) {
    t.true(payload.length <= 16_384)
    t.is(readDocument(gunzipSync(payload).toString()).write_files.at(-1)?.path, '/etc/motd')
  }
})

test('with no bucket or a missing bucket, a launch is refused before anything is created', async t => {
  const none = inventoryText(t.context, 'none', extra(40, 'x').replace(/user_data_bucket.*\n/, ''))
  const without = await refused(t.context, 'none', none)
  t.deepEqual([without.code, without.written], [1, []])
  t.regex(
    without.stderr,
    /groups\.leaders: the user data of none-leader-\d is too large for EC2 \(4\d{4} bytes, [12]\d{4} as gzip, limit 16384\) \[E060\]/,
  )
  const missing = await refused(
    t.context,
    'missing',
    inventoryText(t.context, 'missing', extra(40, 'not-there')),
  )
  t.deepEqual([missing.code, missing.written], [1, []])
  t.regex(
    missing.stderr,
    /user_data_bucket: bucket not-there not found in us-east-1, or access denied \(NotFound\) \[E050\]/,
  )
})

test('40 KiB of additional user data are launched with a stub, boot a machine, and are deleted by destroy', async t => {
  const cloud = t.context
  const s3 = s3Of(cloud)
  await s3.send(new CreateBucketCommand({ Bucket: 'bodies' }))
  const trial = startTrial(cloud, 'big', inventoryText(cloud, 'big', extra(40, 'bodies')))
  const launch = await trial.run('launch', ['--yes'])
  t.is(launch.code, 0, launch.stderr)
  t.regex(launch.stderr, /\+ user data +big-leader-1 +4\d{4} bytes in s3:\/\/bodies\n/)

  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'bodies' }))
  // The two pools boot with the same bytes.
  t.is(Contents.length, 4)
  const stubs = (await payloads(cloud, 'big')).map(String)
  for (const stub of stubs) t.true(stub.length < 1_200 && stub.startsWith('#cloud-boothook\n'), stub)
  const [, Key = '', sha256 = ''] =
    /amazonaws\.com\/(mesos-bakery\/big\/([0-9a-f]{64})\.yaml) /.exec(stubs[0] ?? '') ?? []
  const head = await s3.send(new HeadObjectCommand({ Bucket: 'bodies', Key }))
  t.is(head.ServerSideEncryption, 'AES256')
  const RoleName = 'mesos-bakery-us-east-1-big'
  const policy = await cloud.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'consul-auto-join' }))
  const { Statement } = JSON.parse(decodeURIComponent(policy.PolicyDocument ?? ''))
  t.deepEqual(Statement[1], {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::bodies/mesos-bakery/big/*',
  })

  t.regex((await trial.run('launch', ['--yes'])).stderr, /No changes/)
  await boots(t, {
    stub: stubs[0] ?? '',
    body: { region: 'us-east-1', bucket: 'bodies', key: Key, sha256 },
    s3,
  })

  const destroy = await trial.run('destroy', ['--yes'])
  t.is(destroy.code, 0, destroy.stderr)
  t.is((await s3.send(new ListObjectsV2Command({ Bucket: 'bodies' }))).KeyCount, 0)
})

test('throttled calls and lost replies of S3 are retried; errors are reported, and the next run resumes', async t => {
  const cloud = t.context
  await s3Of(cloud).send(new CreateBucketCommand({ Bucket: 'faulty' }))
  const text = inventoryText(cloud, 'faulty', 'user_data_bucket: faulty\n')
  const launch = () => startTrial(cloud, 'faulty', text).run('launch', ['--yes', '--fit', 's3'])

  cloud.proxy.fault(deny('PutObject'))
  const denied = await launch()
  t.is(denied.code, 1)
  t.regex(denied.stderr, /denied access: .*s3:PutObject/)
  t.regex(denied.stderr, /Nothing was rolled back; run the same command again to resume/)
  cloud.proxy.clearFaults()

  cloud.proxy.fault(throttle('PutObject', { times: 1 }))
  cloud.proxy.fault(dropReply('PutObject', { skip: 1, times: 1 }))
  cloud.proxy.fault(cut('ListObjectsV2', { times: 1 }))
  const whole = await launch()
  t.is(whole.code, 0, whole.stderr)
  const { KeyCount } = await s3Of(cloud).send(new ListObjectsV2Command({ Bucket: 'faulty' }))
  t.is(KeyCount, 4)

  cloud.proxy.fault(dropReply('DeleteObject', { times: 1 }))
  const destroy = await startTrial(cloud, 'faulty', text).run('destroy', ['--yes'])
  t.is(destroy.code, 0, destroy.stderr)
  t.is((await s3Of(cloud).send(new ListObjectsV2Command({ Bucket: 'faulty' }))).KeyCount, 0)
})

interface Stored {
  readonly stub: string
  readonly body: Parameters<typeof filesOfDouble>[0]
  readonly s3: S3Client
}

/** Boots a machine from the user data that EC2 received, with a double that serves the content of S3. */
async function boots(t: ExecutionContext<Cloud>, { stub, body, s3 }: Stored): Promise<void> {
  if (podmanMissing() !== undefined) return t.log('not booted: podman is missing')
  const object = await s3.send(new GetObjectCommand({ Bucket: body.bucket, Key: body.key }))
  const text = (await object.Body?.transformToString()) ?? ''
  const files = filesOfDouble(body, text)
  const machine = await startMachine({ userData: stub, files, capabilities: ['NET_ADMIN'] })
  try {
    for (const { path, content } of readDocument(text).write_files) {
      t.is((await machine.exec('cat', path)).stdout, content, path)
    }
  } finally {
    await machine.remove()
  }
}
