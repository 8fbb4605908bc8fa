import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  CreateLaunchTemplateVersionCommand,
  DescribeInstancesCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { base64, makeTemplate } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

function pool({ account }: Cloud, name: string, template: string): CreateAutoScalingGroupCommandInput {
  return {
    AutoScalingGroupName: name,
    LaunchTemplate: { LaunchTemplateId: template, Version: '$Latest' },
    MinSize: 0,
    MaxSize: 3,
    DesiredCapacity: 3,
    VPCZoneIdentifier: account.subnets.join(','),
    Tags: [{ Key: 'mesos-bakery:cluster', Value: 'pools', PropagateAtLaunch: false }],
  }
}

async function groups({ autoScaling }: Cloud, name: string) {
  const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })
  return (await autoScaling.send(asked)).AutoScalingGroups ?? []
}

async function machines({ ec2 }: Cloud, name: string) {
  const Filters = [{ Name: 'tag:aws:autoscaling:groupName', Values: [name] }]
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }))
  return Reservations.flatMap(({ Instances = [] }) => Instances)
}

test("a pool's machines are spread over its subnets, of the latest version, and carry its tags", async t => {
  const { ec2, autoScaling, account } = t.context
  const TagSpecifications = [
    { ResourceType: 'instance' as const, Tags: [{ Key: 'group', Value: 'followers' }] },
  ]
  const template = await makeTemplate(t.context, 'spread', { TagSpecifications })
  const LaunchTemplateData: RequestLaunchTemplateData = {
    ImageId: account.images.amd64,
    InstanceType: 't3.large',
    UserData: base64('two'),
    TagSpecifications,
  }
  const version = { LaunchTemplateId: template, LaunchTemplateData }
  await ec2.send(new CreateLaunchTemplateVersionCommand(version))
  await autoScaling.send(new CreateAutoScalingGroupCommand(pool(t.context, 'spread', template)))

  const made = await machines(t.context, 'spread')
  t.deepEqual(made.map(({ SubnetId }) => SubnetId).sort(), [...account.subnets].sort())
  for (const { InstanceType, Tags = [] } of made) {
    t.is(InstanceType, 't3.large')
    const own = Object.fromEntries(Tags.map(({ Key = '', Value }) => [Key, Value]))
    t.like(own, {
      group: 'followers',
      'aws:autoscaling:groupName': 'spread',
      'aws:ec2launchtemplate:version': '2',
    })
    t.false('mesos-bakery:cluster' in own)
  }
  const [group] = await groups(t.context, 'spread')
  t.true(group?.CreatedTime instanceof Date)
  t.is(group?.LaunchTemplate?.Version, '$Latest')
  t.deepEqual(new Set(group?.Instances?.map(({ LaunchTemplate }) => LaunchTemplate?.Version)), new Set(['2']))
})

test('a pool can be changed, and deleted with its instances only with ForceDelete', async t => {
  const { autoScaling } = t.context
  const AutoScalingGroupName = 'brief'
  const template = await makeTemplate(t.context, 'brief')
  const create = () => autoScaling.send(new CreateAutoScalingGroupCommand(pool(t.context, 'brief', template)))
  await create()
  await t.throwsAsync(create(), { name: 'AlreadyExistsFault' })
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, DesiredCapacity: 1, MaxSize: 1 }),
  )
  t.is((await groups(t.context, 'brief'))[0]?.Instances?.length, 1)

  const remove = (ForceDelete: boolean) =>
    autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete }))
  await t.throwsAsync(remove(false), { name: 'ResourceInUseFault' })
  await remove(true)
  t.deepEqual(await groups(t.context, 'brief'), [])
  t.deepEqual(
    new Set((await machines(t.context, 'brief')).map(({ State }) => State?.Name)),
    new Set(['terminated']),
  )
  await t.throwsAsync(remove(true), { name: 'ValidationError' })
})

test('pools are found by tag, page by page', async t => {
  const { autoScaling } = t.context
  const template = await makeTemplate(t.context, 'paged')
  for (const name of ['paged-1', 'paged-2']) {
    const Tags = [{ Key: 'mesos-bakery:cluster', Value: 'paged', PropagateAtLaunch: false }]
    const group = { ...pool(t.context, name, template), DesiredCapacity: 0, Tags }
    await autoScaling.send(new CreateAutoScalingGroupCommand(group))
  }
  const Filters = [{ Name: 'tag:mesos-bakery:cluster', Values: ['paged'] }]
  const page = (NextToken?: string) =>
    autoScaling.send(new DescribeAutoScalingGroupsCommand({ Filters, MaxRecords: 1, NextToken }))
  const first = await page()
  const second = await page(first.NextToken)
  const names = [first, second].map(reply =>
    reply.AutoScalingGroups?.map(group => group.AutoScalingGroupName),
  )
  t.deepEqual(names, [['paged-1'], ['paged-2']])
  t.falsy(second.NextToken)
})

test('a pool with a template that EC2 would reject is rejected', async t => {
  const template = await makeTemplate(t.context, 'no-profile', { IamInstanceProfile: { Name: 'nope' } })
  const create = t.context.autoScaling.send(
    new CreateAutoScalingGroupCommand(pool(t.context, 'bad', template)),
  )
  const message = /^You must use a valid fully-formed launch template\. Value \(nope\) for parameter/
  await t.throwsAsync(create, { name: 'ValidationError', message })
  t.deepEqual(await groups(t.context, 'bad'), [])
})

test('a template is also validated for a pool without instances, and when a pool is changed', async t => {
  const { autoScaling, account } = t.context
  const bad = await makeTemplate(t.context, 'idle-bad', { SecurityGroupIds: ['sg-00000000000000000'] })
  const idle = (template: string) =>
    new CreateAutoScalingGroupCommand({ ...pool(t.context, 'idle', template), DesiredCapacity: 0 })
  const refused = { name: 'ValidationError', message: /The security group '\S+' does not exist$/ }
  await t.throwsAsync(autoScaling.send(idle(bad)), refused)
  await autoScaling.send(idle(await makeTemplate(t.context, 'idle')))
  const change = (LaunchTemplateId: string, more: object = {}) =>
    autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'idle',
        LaunchTemplate: { LaunchTemplateId, Version: '$Latest' },
        ...more,
      }),
    )
  await t.throwsAsync(change(bad), refused)
  // The interfaces of a template are in the subnets of the pool.
  const NetworkInterfaces = [{ DeviceIndex: 0, AssociatePublicIpAddress: true }]
  const open = await makeTemplate(t.context, 'idle-open', { NetworkInterfaces })
  await change(open, { DesiredCapacity: 1, VPCZoneIdentifier: account.subnets[2] })
  const [machine] = await machines(t.context, 'idle')
  t.is(machine?.SubnetId, account.subnets[2])
  t.truthy(machine?.PublicIpAddress)
})
