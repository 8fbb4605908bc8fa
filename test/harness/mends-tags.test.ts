import {
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  CreateKeyPairCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { interfacesOf, makeInterface } from './interface.ts'
import { makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const tags = [{ Key: 'seat', Value: 'given' }]
const Filters = [{ Name: 'tag:seat', Values: ['given'] }]

test('instances, volumes and interfaces are found by tags that were added later', async t => {
  const { ec2, account } = t.context
  const given = (...Resources: string[]) => ec2.send(new CreateTagsCommand({ Resources, Tags: tags }))
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'key' }))
  await makeTemplate(t.context, 'given', { KeyName: 'key' })
  const { Instances } = await ec2.send(new RunInstancesCommand(oneFrom(t.context, 'given', 'given')))
  const machine = Instances?.[0]?.InstanceId ?? ''
  const attached = [{ Name: 'attachment.instance-id', Values: [machine] }]
  const { Volumes } = await ec2.send(new DescribeVolumesCommand({ Filters: attached }))
  const volume = Volumes?.[0]?.VolumeId ?? ''
  const seat = await makeInterface(t.context, 'another')
  await given(machine, volume, seat)

  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters }))
  const [found] = Reservations?.[0]?.Instances ?? []
  t.like(found, { InstanceId: machine, KeyName: 'key', SubnetId: account.subnets[0] })
  t.like(found?.SecurityGroups, [{ GroupName: 'default' }])
  t.true(found?.LaunchTime instanceof Date)
  t.regex(found?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? '', /^eni-/)

  const volumes = (await ec2.send(new DescribeVolumesCommand({ Filters }))).Volumes ?? []
  t.is(volumes.length, 1)
  t.like(volumes[0], { VolumeId: volume, Size: 8, State: 'in-use', Tags: tags })
  t.like(volumes[0]?.Attachments?.[0], { InstanceId: machine, State: 'attached', Device: '/dev/xvda' })
  t.deepEqual(
    (await interfacesOf(t.context, 'given')).map(({ NetworkInterfaceId }) => NetworkInterfaceId),
    [seat],
  )

  await t.throwsAsync(given('i-00000000000000000'), { name: 'InvalidInstanceID.NotFound' })
  await t.throwsAsync(given('eni-00000000000000000'), { name: 'InvalidNetworkInterfaceID.NotFound' })
  await t.throwsAsync(given('vol-00000000000000000'), { name: 'InvalidVolume.NotFound' })
})

test('an Auto Scaling group is found by tags that were added later', async t => {
  const { autoScaling, account } = t.context
  const LaunchTemplateId = await makeTemplate(t.context, 'pool')
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'pool',
      LaunchTemplate: { LaunchTemplateId, Version: '$Latest' },
      MinSize: 0,
      MaxSize: 1,
      VPCZoneIdentifier: account.subnets[0],
      Tags: [{ Key: 'seat', Value: 'first', PropagateAtLaunch: false }],
    }),
  )
  const give = (ResourceId: string) =>
    autoScaling.send(
      new CreateOrUpdateTagsCommand({
        Tags: [
          {
            ResourceId,
            ResourceType: 'auto-scaling-group',
            ...tags[0],
            Key: 'seat',
            PropagateAtLaunch: false,
          },
        ],
      }),
    )
  await give('pool')
  const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ Filters }))
  t.deepEqual(
    AutoScalingGroups?.map(({ AutoScalingGroupName }) => AutoScalingGroupName),
    ['pool'],
  )
  await t.throwsAsync(give('nope'), { name: 'ValidationError' })
})
