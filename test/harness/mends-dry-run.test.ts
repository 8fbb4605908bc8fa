import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { CreateInstanceProfileCommand } from '@aws-sdk/client-iam'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { makeInterface, oneOn } from './interface.ts'
import { addRole } from './profile.ts'
import { makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const DryRun = true
const succeeds = { name: 'DryRunOperation' }
const invalid = (message: RegExp) => ({ name: 'InvalidParameterValue', message })

/** Counts the resources in the account, to check that nothing was changed. */
async function counts({ ec2 }: Cloud) {
  const [instances, interfaces, templates, groups] = await Promise.all([
    ec2.send(new DescribeInstancesCommand({})),
    ec2.send(new DescribeNetworkInterfacesCommand({})),
    ec2.send(new DescribeLaunchTemplatesCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
  ])
  return [
    instances.Reservations?.length,
    interfaces.NetworkInterfaces?.length,
    templates.LaunchTemplates?.length,
    JSON.stringify(groups.SecurityGroups),
  ]
}

test('a dry run of a launch is rejected for the same reasons as the launch', async t => {
  const { ec2, account, iam } = t.context
  await makeTemplate(t.context, 'dry')
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'bare' }))
  const used = await makeInterface(t.context, 'dry')
  await ec2.send(new RunInstancesCommand(oneOn(t.context, 'dry', used)))
  const before = await counts(t.context)
  const ask = (change: object) =>
    ec2.send(new RunInstancesCommand({ ...oneFrom(t.context, 'dry', 'dry'), DryRun, ...change }))

  await t.throwsAsync(ask({ ImageId: 'ami-00000000000000000' }), { name: 'InvalidAMIID.NotFound' })
  await t.throwsAsync(ask({ ImageId: account.images.arm64 }), invalid(/^The architecture 'x86_64' of the/))
  await t.throwsAsync(ask({ InstanceType: 't9.x' }), invalid(/^Invalid value 't9\.x' for InstanceType\.$/))
  await t.throwsAsync(ask({ SubnetId: 'subnet-00000000000000000' }), { name: 'InvalidSubnetID.NotFound' })
  const SecurityGroupIds = ['sg-00000000000000000']
  await t.throwsAsync(ask({ SecurityGroupIds }), { name: 'InvalidGroup.NotFound' })
  await t.throwsAsync(ask({ KeyName: 'nobody' }), { name: 'InvalidKeyPair.NotFound' })
  const LaunchTemplate = { LaunchTemplateName: 'nope' }
  await t.throwsAsync(ask({ LaunchTemplate }), { name: 'InvalidLaunchTemplateName.NotFoundException' })
  const Version = { LaunchTemplate: { LaunchTemplateName: 'dry', Version: '9' } }
  await t.throwsAsync(ask(Version), { name: 'InvalidLaunchTemplateId.VersionNotFound' })
  await t.throwsAsync(
    ask({ IamInstanceProfile: { Name: 'nope' } }),
    invalid(
      /^Value \(nope\) for parameter iamInstanceProfile\.name is invalid\. Invalid IAM Instance Profile name$/,
    ),
  )
  const bare = { IamInstanceProfile: { Name: 'bare' } }
  const noRole =
    /^IAM Instance Profile "arn:aws:iam::123456789012:instance-profile\/bare" has no associated IAM Roles$/
  await t.throwsAsync(ask(bare), invalid(noRole))
  await t.throwsAsync(ec2.send(new RunInstancesCommand({ ...oneOn(t.context, 'dry', used, 'x'), DryRun })), {
    name: 'InvalidNetworkInterface.InUse',
  })
  await t.throwsAsync(ask({ LaunchTemplate: undefined, InstanceType: 't3.small' }), {
    name: 'MissingParameter',
  })

  await addRole(t.context, 'bare')
  await t.throwsAsync(ask(bare), succeeds)
  t.deepEqual(await counts(t.context), before)
})

test('a dry run of a template that refers to missing resources is rejected as well', async t => {
  await makeTemplate(t.context, 'lacking', { IamInstanceProfile: { Name: 'nope' } })
  const launch = { ...oneFrom(t.context, 'lacking', 'lacking'), DryRun }
  await t.throwsAsync(t.context.ec2.send(new RunInstancesCommand(launch)), invalid(/^Value \(nope\)/))
})

test('a dry run neither uses nor stores a token', async t => {
  const { ec2 } = t.context
  await makeTemplate(t.context, 'free')
  const launch = oneFrom(t.context, 'free', 'free')
  const ask = () => ec2.send(new RunInstancesCommand({ ...launch, DryRun }))
  await t.throwsAsync(ask(), succeeds)
  const { Instances } = await ec2.send(new RunInstancesCommand(launch))
  t.is(Instances?.length, 1)
  await t.throwsAsync(ask(), succeeds)
})

test('other calls are validated as well, and a dry run changes nothing', async t => {
  const { ec2, account } = t.context
  const id = await makeInterface(t.context, 'other')
  const group = { GroupName: 'other', Description: 'x', VpcId: account.vpc }
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand(group))
  await makeTemplate(t.context, 'other')
  const { Instances } = await ec2.send(new RunInstancesCommand(oneFrom(t.context, 'other', 'other')))
  const InstanceId = Instances?.[0]?.InstanceId ?? ''
  const before = await counts(t.context)

  const data = { LaunchTemplateData: { InstanceType: 't3.small' as const }, DryRun }
  const template = (LaunchTemplateName: string) =>
    ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, ...data }))
  await t.throwsAsync(template('other'), { name: 'InvalidLaunchTemplateName.AlreadyExistsException' })
  await t.throwsAsync(template('another'), succeeds)

  const makeGroup = (change: object) =>
    ec2.send(new CreateSecurityGroupCommand({ ...group, DryRun, ...change }))
  await t.throwsAsync(makeGroup({}), { name: 'InvalidGroup.Duplicate' })
  await t.throwsAsync(makeGroup({ VpcId: 'vpc-00000000000000000' }), { name: 'InvalidVpcID.NotFound' })
  await t.throwsAsync(makeGroup({ GroupName: 'another' }), succeeds)

  const allow = (from: string | undefined) =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId: from }] }],
        DryRun,
      }),
    )
  await t.throwsAsync(allow('sg-00000000000000000'), { name: 'InvalidGroup.NotFound' })
  await t.throwsAsync(allow(GroupId), succeeds)

  const seat = (SubnetId: string | undefined) =>
    ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, DryRun }))
  await t.throwsAsync(seat('subnet-00000000000000000'), { name: 'InvalidSubnetID.NotFound' })
  await t.throwsAsync(seat(account.subnets[0]), succeeds)
  const remove = (NetworkInterfaceId: string) =>
    ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId, DryRun }))
  const missing = { name: 'InvalidNetworkInterfaceID.NotFound' }
  await t.throwsAsync(remove('eni-00000000000000000'), missing)
  await t.throwsAsync(remove(id), succeeds)
  const change = (NetworkInterfaceId: string) => {
    const input = { NetworkInterfaceId, Groups: [GroupId ?? ''], DryRun }
    return ec2.send(new ModifyNetworkInterfaceAttributeCommand(input))
  }
  await t.throwsAsync(change('eni-00000000000000000'), missing)
  await t.throwsAsync(change(id), succeeds)

  const unknown = { name: 'InvalidInstanceID.NotFound' }
  const protect = (machine: string) => {
    const input = { InstanceId: machine, DisableApiTermination: { Value: true }, DryRun }
    return ec2.send(new ModifyInstanceAttributeCommand(input))
  }
  await t.throwsAsync(protect('i-00000000000000000'), unknown)
  await t.throwsAsync(protect(InstanceId), succeeds)
  const end = (machine: string) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [machine], DryRun }))
  await t.throwsAsync(end('i-00000000000000000'), unknown)
  await t.throwsAsync(end(InstanceId), succeeds)
  t.deepEqual(await counts(t.context), before)
})
