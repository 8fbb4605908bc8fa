import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { CreateInstanceProfileCommand, GetInstanceProfileCommand } from '@aws-sdk/client-iam'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { interfacesOf, makeInterface, oneOn } from './interface.ts'
import { addRole } from './profile.ts'
import { base64, makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const MINUTE = 60_000

function pool({ account }: Cloud, name: string, template: string) {
  return new CreateAutoScalingGroupCommand({
    AutoScalingGroupName: name,
    LaunchTemplate: { LaunchTemplateName: template, Version: '$Latest' },
    MinSize: 0,
    MaxSize: 1,
    VPCZoneIdentifier: account.subnets.join(','),
  })
}

test('a new profile and its role become visible to EC2 and to Auto Scaling at different times', async t => {
  const { proxy, ec2, iam, autoScaling } = t.context
  await makeTemplate(t.context, 'late', { IamInstanceProfile: { Name: 'late' } })
  await proxy.delays({ iamToEc2: 2 * MINUTE, iamToAutoScaling: 5 * MINUTE })
  const launch = () => ec2.send(new RunInstancesCommand(oneFrom(t.context, 'late', 'late')))
  const create = () => autoScaling.send(pool(t.context, 'late', 'late'))
  const unknown = /Value \(late\) for parameter iamInstanceProfile\.name is invalid\. Invalid IAM Instance/
  const noRole = /IAM Instance Profile "\S+\/late" has no associated IAM Roles$/

  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'late' }))
  await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: 'late' }))
  await proxy.advance(MINUTE)
  await addRole(t.context, 'late')
  await t.throwsAsync(launch(), { name: 'InvalidParameterValue', message: unknown })
  await proxy.advance(MINUTE)
  await t.throwsAsync(launch(), { name: 'InvalidParameterValue', message: noRole })
  await t.throwsAsync(create(), { name: 'ValidationError', message: unknown })
  await proxy.advance(MINUTE)
  await t.notThrowsAsync(launch())
  await proxy.advance(2 * MINUTE)
  await t.throwsAsync(create(), { name: 'ValidationError', message: noRole })
  await proxy.advance(MINUTE)
  await t.notThrowsAsync(create())
})

test('a new instance is not described at first, and calls that refer to it report that it does not exist', async t => {
  const { proxy, ec2 } = t.context
  await makeTemplate(t.context, 'new')
  await proxy.delays({ instances: MINUTE })
  const input = oneFrom(t.context, 'new', 'new')
  const launch = async () => (await ec2.send(new RunInstancesCommand(input))).Instances?.[0]?.InstanceId ?? ''
  const id = await launch()
  const found = async (query: object) => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand(query))
    return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId))
  }
  const byToken = { Filters: [{ Name: 'client-token', Values: ['new'] }] }
  const calls = [
    () => found({ InstanceIds: [id] }),
    () => ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })),
    () =>
      ec2.send(
        new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value: true } }),
      ),
    () =>
      ec2.send(
        new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value: false } }),
      ),
    () => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
  ]
  t.deepEqual(await found(byToken), [])
  for (const call of calls) await t.throwsAsync(call(), { name: 'InvalidInstanceID.NotFound' })
  // The token still identifies the instance.
  t.is(await launch(), id)
  await proxy.advance(MINUTE)
  t.deepEqual(await found(byToken), [id])
  for (const call of calls) await t.notThrowsAsync(call())
})

test('a new interface is not visible at first, but has its groups and its address', async t => {
  const { proxy, ec2 } = t.context
  await makeTemplate(t.context, 'unseen')
  await proxy.delays({ interfaces: MINUTE })
  const PrivateIpAddress = '10.20.18.18'
  const id = await makeInterface(t.context, 'unseen', { PrivateIpAddress })
  const launch = () => ec2.send(new RunInstancesCommand(oneOn(t.context, 'unseen', id)))
  t.deepEqual(await interfacesOf(t.context, 'unseen'), [])
  await t.throwsAsync(launch(), { name: 'InvalidNetworkInterfaceID.NotFound' })
  await t.throwsAsync(makeInterface(t.context, 'unseen-2', { PrivateIpAddress }), {
    name: 'InvalidIPAddress.InUse',
  })
  await proxy.advance(MINUTE)
  t.is((await interfacesOf(t.context, 'unseen')).length, 1)
  await t.notThrowsAsync(launch())
})

test('an attached interface may be described as available', async t => {
  const { proxy, ec2 } = t.context
  await makeTemplate(t.context, 'stale')
  await proxy.delays({ attachments: MINUTE })
  const id = await makeInterface(t.context, 'stale')
  const launch = (token: string) => ec2.send(new RunInstancesCommand(oneOn(t.context, 'stale', id, token)))
  await launch('first')
  const [shown] = await interfacesOf(t.context, 'stale')
  t.deepEqual([shown?.Status, shown?.Attachment], ['available', undefined])
  await t.throwsAsync(launch('second'), { name: 'InvalidNetworkInterface.InUse' })
  await proxy.advance(MINUTE)
  t.is((await interfacesOf(t.context, 'stale'))[0]?.Status, 'in-use')
})

test('a new template is not visible at first, but its name is taken immediately', async t => {
  const { proxy, ec2, autoScaling } = t.context
  await makeTemplate(t.context, 'older')
  await proxy.delays({ launchTemplates: MINUTE })
  await makeTemplate(t.context, 'newer')
  const names = async () => {
    const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}))
    return LaunchTemplates.map(({ LaunchTemplateName }) => LaunchTemplateName)
  }
  const missing = { name: 'InvalidLaunchTemplateName.NotFoundException' }
  const launch = () => ec2.send(new RunInstancesCommand(oneFrom(t.context, 'newer', 'newer')))
  t.false((await names()).includes('newer'))
  await t.throwsAsync(launch(), missing)
  await t.throwsAsync(autoScaling.send(pool(t.context, 'newer', 'newer')), { name: 'ValidationError' })
  const taken = { name: 'InvalidLaunchTemplateName.AlreadyExistsException' }
  await t.throwsAsync(makeTemplate(t.context, 'newer'), taken)
  await proxy.advance(MINUTE)
  await makeTemplate(t.context, 'newest')
  t.deepEqual((await names()).slice(-2), ['older', 'newer'])
  await t.notThrowsAsync(launch())
})

test('a new version is not described at first, but its number is taken immediately', async t => {
  const { proxy, ec2 } = t.context
  const data = (text: string) => ({ LaunchTemplateData: { UserData: base64(text) } })
  const name = { LaunchTemplateName: 'log' }
  await ec2.send(new CreateLaunchTemplateCommand({ ...name, ...data('1') }))
  const write = async (text: string) => {
    const made = await ec2.send(new CreateLaunchTemplateVersionCommand({ ...name, ...data(text) }))
    return made.LaunchTemplateVersion?.VersionNumber
  }
  const read = async (Versions?: string[]) => {
    const { LaunchTemplateVersions = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ ...name, Versions }),
    )
    return LaunchTemplateVersions.map(({ VersionNumber }) => VersionNumber)
  }
  await proxy.advance(MINUTE)
  await proxy.delays({ launchTemplates: MINUTE })
  t.deepEqual([await write('2'), await write('3')], [2, 3])
  t.deepEqual(await read(), [1])
  t.deepEqual(await read(['$Latest']), [1])
  await t.throwsAsync(read(['3']), { name: 'InvalidLaunchTemplateId.VersionNotFound' })
  await proxy.advance(MINUTE)
  t.is(await write('4'), 4)
  t.deepEqual(await read(), [3, 2, 1])
})

test('a new security group is not visible at first, but its name is taken immediately', async t => {
  const { proxy, ec2, account } = t.context
  await makeTemplate(t.context, 'group')
  await proxy.delays({ securityGroups: MINUTE })
  const group = { GroupName: 'late', Description: 'late', VpcId: account.vpc }
  const create = () => ec2.send(new CreateSecurityGroupCommand(group))
  const { GroupId = '' } = await create()
  const Filters = [{ Name: 'group-name', Values: ['late'] }]
  const found = async () => (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups
  const calls = [
    () =>
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId }] }],
        }),
      ),
    () => makeInterface(t.context, 'group', { Groups: [GroupId] }),
    () =>
      ec2.send(
        new RunInstancesCommand({ ...oneFrom(t.context, 'group', 'group'), SecurityGroupIds: [GroupId] }),
      ),
  ]
  t.deepEqual(await found(), [])
  for (const call of calls) await t.throwsAsync(call(), { name: 'InvalidGroup.NotFound' })
  await t.throwsAsync(create(), { name: 'InvalidGroup.Duplicate' })
  await proxy.advance(MINUTE)
  t.is((await found())?.length, 1)
  for (const call of calls) await t.notThrowsAsync(call())
})

test('an unknown delay is rejected', async t => {
  const misspelt = { instanses: 1 } as object
  await t.throwsAsync(t.context.proxy.delays(misspelt), { message: /^moto refused delays/ })
})
