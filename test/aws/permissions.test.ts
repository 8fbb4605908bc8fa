import { readFileSync } from 'node:fs'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import anyTest, { type TestFn } from 'ava'
import { clientConfig } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { starved } from '../harness/faults.ts'
import { inventoryText, startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** The actions that docs/aws.md says are needed. */
function documentedActions(): ReadonlySet<string> {
  const [, policy = '{}'] = /```json\n([\s\S]*?)```/.exec(readFileSync('docs/aws.md', 'utf8')) ?? []
  const { Statement } = JSON.parse(policy) as { Statement: { Action: string | string[] }[] }
  return new Set(Statement.flatMap(({ Action }) => Action))
}

// Which EC2 and Auto Scaling check beside the action of the call, or which need no permission.
const implied = [
  'ec2:CreateTags',
  'autoscaling:CreateOrUpdateTags',
  'iam:PassRole',
  'iam:TagRole',
  'iam:TagInstanceProfile',
  's3:PutObjectTagging',
]
// S3 has one permission for two calls.
const permissionOf = (call: string) =>
  ['s3:HeadBucket', 's3:ListObjectsV2'].includes(call) ? 's3:ListBucket' : call
const free = 'sts:GetCallerIdentity'

test('docs/aws.md lists exactly the permissions for the calls that are made', async t => {
  const { proxy, account } = t.context
  const before = proxy.calls.length
  const trial = startTrial(t.context, 'needs')
  const steps = [
    ['launch', '--yes'],
    ['launch', '--yes', '--set', 'mesos_zk_chroot=x', '--followers', 'web=3'],
    ['status'],
    ['render', '--diff'],
    ['destroy', '--yes'],
  ] as const
  for (const [command, ...args] of steps) {
    const { code, stderr } = await trial.run(command, args)
    t.is(code, 0, stderr)
  }
  // What is wrong with a pool is asked only of one that lacks machines.
  proxy.fault(starved('no room'))
  t.is((await trial.run('launch', ['--yes', '--timeout', '1s'])).code, 1)
  proxy.clearFaults()
  t.is((await trial.run('destroy', ['--yes'])).code, 0)
  // One that names everything that can be named, to see it looked up.
  const text = inventoryText(t.context, 'named', 'instance_profile: mine\n').replace(
    'min: 2,',
    'min: 2, key_name: k,',
  )
  t.is((await startTrial(t.context, 'named', text).run('launch', ['--image', account.images.amd64])).code, 1)

  // One that is kept in S3.
  const bucket = { Bucket: 'needed' }
  await new S3Client({ ...clientConfig(proxy.url) }).send(new CreateBucketCommand(bucket))
  proxy.calls.pop()
  const stored = inventoryText(t.context, 'stored', 'user_data_bucket: needed\n')
  for (const command of ['launch', 'destroy']) {
    const fit = command === 'launch' ? ['--fit', 's3'] : []
    const { code, stderr } = await startTrial(t.context, 'stored', stored).run(command, ['--yes', ...fit])
    t.is(code, 0, stderr)
  }

  const calls = proxy.calls.slice(before).map(({ service, action }) => `${service}:${action}`)
  const called = new Set(calls.map(permissionOf))
  called.delete(free)
  t.deepEqual([...called].sort(), [...documentedActions()].filter(action => !implied.includes(action)).sort())
})
