import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { clientConfig } from './aws.ts'
import { type Cloud, cloudTests } from './cloud.ts'
import { dropReply } from './faults.ts'
import { makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

async function run({ ec2 }: Cloud, input: RunInstancesCommandInput): Promise<string | undefined> {
  const { Instances } = await ec2.send(new RunInstancesCommand(input))
  return Instances?.[0]?.InstanceId
}

async function withToken({ ec2 }: Cloud, token: string): Promise<(string | undefined)[]> {
  const Filters = [{ Name: 'client-token', Values: [token] }]
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }))
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId))
}

test('the same launch with the same token makes one machine, also at the same time', async t => {
  await makeTemplate(t.context, 'once')
  const launch = oneFrom(t.context, 'once', 'token-once')
  const ids = await Promise.all([run(t.context, launch), run(t.context, launch), run(t.context, launch)])
  ids.push(await run(t.context, launch))
  t.is(new Set(ids).size, 1)
  t.deepEqual(await withToken(t.context, 'token-once'), [ids[0]])
})

test('a launch whose reply was lost and that the SDK repeats makes one machine', async t => {
  await makeTemplate(t.context, 'lost')
  t.context.proxy.fault(dropReply('RunInstances', { times: 1 }))
  const ec2 = new EC2Client(clientConfig(t.context.proxy.url))
  const { Instances } = await ec2.send(new RunInstancesCommand(oneFrom(t.context, 'lost', 'token-lost')))
  t.deepEqual(await withToken(t.context, 'token-lost'), [Instances?.[0]?.InstanceId])
})

test('a token with other parameters is refused', async t => {
  await makeTemplate(t.context, 'other')
  const launch = oneFrom(t.context, 'other', 'token-other')
  await run(t.context, launch)
  const other = run(t.context, { ...launch, SubnetId: t.context.account.subnets[1] })
  await t.throwsAsync(other, { name: 'IdempotentParameterMismatch' })
})

test('a token whose machine was terminated is refused', async t => {
  await makeTemplate(t.context, 'gone')
  const launch = oneFrom(t.context, 'gone', 'token-gone')
  const id = await run(t.context, launch)
  await t.context.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id ?? ''] }))
  await t.throwsAsync(run(t.context, launch), { name: 'IdempotentInstanceTerminated' })
})

test('a launch that failed leaves its token free', async t => {
  const launch = oneFrom(t.context, 'later', 'token-later')
  await t.throwsAsync(run(t.context, launch), { name: 'InvalidLaunchTemplateName.NotFoundException' })
  await makeTemplate(t.context, 'later')
  await t.notThrowsAsync(run(t.context, launch))
})

test('launch templates and their versions are made once per token', async t => {
  const { ec2 } = t.context
  const first = { LaunchTemplateName: 'tokens', LaunchTemplateData: { InstanceType: 't3.small' } } as const
  const create = () => ec2.send(new CreateLaunchTemplateCommand({ ...first, ClientToken: 'token-lt' }))
  const version = () =>
    ec2.send(new CreateLaunchTemplateVersionCommand({ ...first, ClientToken: 'token-ltv' }))
  const ids = [await create(), await create()].map(({ LaunchTemplate }) => LaunchTemplate?.LaunchTemplateId)
  t.is(ids[0], ids[1])
  const numbers = [await version(), await version()].map(reply => reply.LaunchTemplateVersion?.VersionNumber)
  t.deepEqual(numbers, [2, 2])
})
