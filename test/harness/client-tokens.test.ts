import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
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
import { interfacesOf, makeInterface } from './interface.ts'
import { base64, makeTemplate, oneFrom } from './template.ts'

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

test('the same launch with the same token creates one instance, even concurrently', async t => {
  await makeTemplate(t.context, 'once')
  const launch = oneFrom(t.context, 'once', 'token-once')
  const ids = await Promise.all([run(t.context, launch), run(t.context, launch), run(t.context, launch)])
  ids.push(await run(t.context, launch))
  t.is(new Set(ids).size, 1)
  t.deepEqual(await withToken(t.context, 'token-once'), [ids[0]])
})

test('a launch that the SDK repeats after a lost reply creates one instance', async t => {
  await makeTemplate(t.context, 'lost')
  t.context.proxy.fault(dropReply('RunInstances', { times: 1 }))
  const ec2 = new EC2Client(clientConfig(t.context.proxy.url))
  const { Instances } = await ec2.send(new RunInstancesCommand(oneFrom(t.context, 'lost', 'token-lost')))
  t.deepEqual(await withToken(t.context, 'token-lost'), [Instances?.[0]?.InstanceId])
})

test('a token with different parameters is rejected', async t => {
  await makeTemplate(t.context, 'other')
  const launch = oneFrom(t.context, 'other', 'token-other')
  await run(t.context, launch)
  const other = run(t.context, { ...launch, SubnetId: t.context.account.subnets[1] })
  await t.throwsAsync(other, { name: 'IdempotentParameterMismatch' })
})

test('a token whose instance was terminated is rejected', async t => {
  await makeTemplate(t.context, 'gone')
  const launch = oneFrom(t.context, 'gone', 'token-gone')
  const id = await run(t.context, launch)
  await t.context.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id ?? ''] }))
  await t.throwsAsync(run(t.context, launch), { name: 'IdempotentInstanceTerminated' })
})

test('a failed launch does not use up its token', async t => {
  const launch = oneFrom(t.context, 'later', 'token-later')
  await t.throwsAsync(run(t.context, launch), { name: 'InvalidLaunchTemplateName.NotFoundException' })
  await makeTemplate(t.context, 'later')
  await t.notThrowsAsync(run(t.context, launch))
})

test('launch templates and their versions are created once per token', async t => {
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

test('a network interface is created once per token', async t => {
  const make = () => makeInterface(t.context, 'once', { ClientToken: 'token-eni' })
  const ids = await Promise.all([make(), make()])
  ids.push(await make())
  t.is(new Set(ids).size, 1)
  t.is((await interfacesOf(t.context, 'once')).length, 1)
  const other = makeInterface(t.context, 'other', { ClientToken: 'token-eni' })
  await t.throwsAsync(other, { name: 'IdempotentParameterMismatch' })
})

test('the token of a version is remembered for a day, even after its template is deleted', async t => {
  const { ec2, proxy } = t.context
  const LaunchTemplateName = 'again'
  const data = { LaunchTemplateName, LaunchTemplateData: { UserData: base64('entry') } }
  const write = async (ClientToken: string) => {
    const made = await ec2.send(new CreateLaunchTemplateVersionCommand({ ...data, ClientToken }))
    return [made.LaunchTemplateVersion?.LaunchTemplateId, made.LaunchTemplateVersion?.VersionNumber]
  }
  const old = await makeTemplate(t.context, LaunchTemplateName)
  t.deepEqual(
    [await write('one'), await write('two')],
    [
      [old, 2],
      [old, 3],
    ],
  )
  await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName }))
  const id = await makeTemplate(t.context, LaunchTemplateName)
  t.deepEqual(await write('two'), [old, 3])
  t.deepEqual(await write('three'), [id, 2])
  await proxy.advance(24 * 60 * 60 * 1000)
  t.deepEqual(await write('two'), [id, 3])
})

test('the token of an instance is rejected for a day after the instance was terminated', async t => {
  const { ec2, proxy } = t.context
  const hour = 60 * 60 * 1000
  await makeTemplate(t.context, 'day')
  const launch = oneFrom(t.context, 'day', 'token-day')
  const id = await run(t.context, launch)
  await proxy.advance(48 * hour)
  t.is(await run(t.context, launch), id)
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id ?? ''] }))
  await proxy.advance(2 * hour)
  // EC2 no longer lists the instance, but remembers its token.
  t.deepEqual(await withToken(t.context, 'token-day'), [])
  await t.throwsAsync(run(t.context, launch), { name: 'IdempotentInstanceTerminated' })
  await proxy.advance(22 * hour)
  t.not(await run(t.context, launch), id)
})
