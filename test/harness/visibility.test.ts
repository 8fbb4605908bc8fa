import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { instanceNotVisible, pending } from './faults.ts'
import { makeProfile } from './profile.ts'
import { profileNotVisible } from './profile-visibility.ts'
import { makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

test('a new instance profile is not visible to the first launches', async t => {
  const { proxy, ec2, autoScaling, account } = t.context
  await makeTemplate(t.context, 'old')
  proxy.fault(profileNotVisible(2))
  await ec2.send(new RunInstancesCommand(oneFrom(t.context, 'old', 'before')))
  await makeProfile(t.context, 'new')
  const id = await makeTemplate(t.context, 'new', { IamInstanceProfile: { Name: 'new' } })
  const launch = () => ec2.send(new RunInstancesCommand(oneFrom(t.context, 'new', 'after')))
  const group = {
    AutoScalingGroupName: 'new',
    LaunchTemplate: { LaunchTemplateId: id, Version: '$Latest' },
    MinSize: 0,
    MaxSize: 1,
    VPCZoneIdentifier: account.subnets.join(),
  }
  const create = () => autoScaling.send(new CreateAutoScalingGroupCommand(group))
  const message =
    /Value \(new\) for parameter iamInstanceProfile\.name is invalid\. Invalid IAM Instance Profile name$/
  await t.throwsAsync(launch(), { name: 'InvalidParameterValue', message })
  await t.throwsAsync(create(), { name: 'ValidationError', message })
  await t.notThrowsAsync(launch())
  await t.notThrowsAsync(create())
})

test('a new instance is not visible to the first calls that refer to it, and pending for a while', async t => {
  const { proxy, ec2 } = t.context
  await makeTemplate(t.context, 'slow')
  const { Instances } = await ec2.send(new RunInstancesCommand(oneFrom(t.context, 'slow', 'slow')))
  const id = Instances?.[0]?.InstanceId ?? ''
  proxy.fault(instanceNotVisible(1))
  proxy.fault(pending(2))
  const state = async () => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    return Reservations?.[0]?.Instances?.[0]?.State?.Name
  }
  await t.throwsAsync(state(), {
    name: 'InvalidInstanceID.NotFound',
    message: `The instance ID '${id}' does not exist`,
  })
  t.deepEqual([await state(), await state()], ['pending', 'running'])
})
