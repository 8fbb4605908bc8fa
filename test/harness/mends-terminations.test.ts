import {
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const HOUR = 60 * 60 * 1000

async function run(cloud: Cloud, name: string, change: object = {}): Promise<string> {
  const launch = { ...oneFrom(cloud, name, `${name}-${JSON.stringify(change)}`), ...change }
  const { Instances } = await cloud.ec2.send(new RunInstancesCommand(launch))
  return Instances?.[0]?.InstanceId ?? ''
}

function end({ ec2 }: Cloud, ...InstanceIds: string[]) {
  return ec2.send(new TerminateInstancesCommand({ InstanceIds }))
}

async function states({ ec2 }: Cloud, ...ids: string[]): Promise<(string | undefined)[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: ids }))
  const machines = Reservations.flatMap(({ Instances = [] }) => Instances)
  return ids.map(id => machines.find(({ InstanceId }) => InstanceId === id)?.State?.Name)
}

const isProtected = (id: string) => ({
  name: 'OperationNotPermitted',
  message: `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
})

test('a protected instance is terminated after the protection is removed', async t => {
  const { ec2 } = t.context
  await makeTemplate(t.context, 'protected')
  const InstanceId = await run(t.context, 'protected', { DisableApiTermination: true })
  const asked = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'disableApiTermination' })
  t.is((await ec2.send(asked)).DisableApiTermination?.Value, true)
  await t.throwsAsync(end(t.context, InstanceId), isProtected(InstanceId))
  t.deepEqual(await states(t.context, InstanceId), ['running'])
  const lift = { InstanceId, DisableApiTermination: { Value: false } }
  await ec2.send(new ModifyInstanceAttributeCommand(lift))
  await end(t.context, InstanceId)
  t.deepEqual(await states(t.context, InstanceId), ['terminated'])
})

test('a protected instance prevents the termination of the others in its zone only', async t => {
  const [, second] = t.context.account.subnets
  await makeTemplate(t.context, 'zones')
  await makeTemplate(t.context, 'zones-protected', { DisableApiTermination: true })
  const first = await run(t.context, 'zones')
  const kept = await run(t.context, 'zones-protected')
  const other = await run(t.context, 'zones', { SubnetId: second })
  await t.throwsAsync(end(t.context, other, first, kept), isProtected(kept))
  t.deepEqual(await states(t.context, first, kept, other), ['running', 'running', 'terminated'])
})

test('Auto Scaling terminates protected instances', async t => {
  const { autoScaling, account } = t.context
  const LaunchTemplateId = await makeTemplate(t.context, 'pool', { DisableApiTermination: true })
  const AutoScalingGroupName = 'pool'
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      LaunchTemplate: { LaunchTemplateId, Version: '$Latest' },
      MinSize: 0,
      MaxSize: 1,
      DesiredCapacity: 1,
      VPCZoneIdentifier: account.subnets[0],
    }),
  )
  const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] })
  const { AutoScalingGroups = [] } = await autoScaling.send(asked)
  const id = AutoScalingGroups[0]?.Instances?.[0]?.InstanceId ?? ''
  await t.throwsAsync(end(t.context, id), isProtected(id))
  await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, DesiredCapacity: 0 }))
  t.deepEqual(await states(t.context, id), ['terminated'])
})

test('an instance shuts down for a while, and is listed as terminated for an hour', async t => {
  const { ec2, proxy } = t.context
  await makeTemplate(t.context, 'hour')
  const id = await run(t.context, 'hour')
  await proxy.delays({ shutdowns: 5 * 60_000 })
  await end(t.context, id)
  await end(t.context, id)
  t.deepEqual(await states(t.context, id), ['shutting-down'])
  await proxy.advance(5 * 60_000)
  t.deepEqual(await states(t.context, id), ['terminated'])
  await proxy.advance(HOUR - 1_000)
  t.deepEqual(await states(t.context, id), ['terminated'])
  await proxy.advance(1_000)
  await t.throwsAsync(states(t.context, id), { name: 'InvalidInstanceID.NotFound' })
  const Filters = [{ Name: 'client-token', Values: ['hour-{}'] }]
  t.deepEqual((await ec2.send(new DescribeInstancesCommand({ Filters }))).Reservations, [])
})

test('times are those of the clock that tests advance', async t => {
  const { ec2, proxy } = t.context
  await makeTemplate(t.context, 'clock')
  const launched = async (change: object) => {
    const id = await run(t.context, 'clock', change)
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    return Reservations?.[0]?.Instances?.[0]?.LaunchTime?.getTime() ?? 0
  }
  const before = await launched({})
  await proxy.advance(HOUR)
  const apart = (await launched({ DisableApiTermination: false })) - before
  t.true(apart >= HOUR && apart < HOUR + 60_000, String(apart))
})

test('a root volume is deleted with its instance unless the mapping disables this', async t => {
  const { ec2 } = t.context
  const mapping = (Ebs: object) => [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, ...Ebs } }]
  await makeTemplate(t.context, 'volumes')
  const volumeOf = async (id: string) => {
    const Filters = [{ Name: 'attachment.instance-id', Values: [id] }]
    return (await ec2.send(new DescribeVolumesCommand({ Filters }))).Volumes?.[0]?.VolumeId ?? ''
  }
  const going = await run(t.context, 'volumes', { BlockDeviceMappings: mapping({}) })
  const staying = await run(t.context, 'volumes', {
    BlockDeviceMappings: mapping({ DeleteOnTermination: false }),
  })
  const [gone, kept] = [await volumeOf(going), await volumeOf(staying)]
  await end(t.context, going, staying)
  const volume = (id: string) => ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }))
  await t.throwsAsync(volume(gone), { name: 'InvalidVolume.NotFound' })
  t.is((await volume(kept)).Volumes?.[0]?.State, 'available')
})
