import {
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  type Tag,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { makeProfile } from './profile.ts'
import { base64, makeTemplate, oneFrom } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

function tags(own: Tag[]) {
  const resources = ['instance', 'volume'] as const
  return resources.map(ResourceType => ({ ResourceType, Tags: own }))
}

function byKey(own: Tag[] = []): Record<string, string> {
  return Object.fromEntries(own.map(({ Key = '', Value = '' }) => [Key, Value]))
}

async function describe({ ec2 }: Cloud, id: string) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
  return Reservations?.[0]?.Instances?.[0]
}

async function run({ ec2 }: Cloud, input: ReturnType<typeof oneFrom>): Promise<string> {
  const { Instances } = await ec2.send(new RunInstancesCommand(input))
  return Instances?.[0]?.InstanceId ?? ''
}

test('an instance is created according to its template, with the overrides of the call', async t => {
  const { ec2 } = t.context
  await makeProfile(t.context, 'node')
  await makeTemplate(t.context, 'leaders', {
    IamInstanceProfile: { Name: 'node' },
    MetadataOptions: { HttpTokens: 'required', InstanceMetadataTags: 'enabled' },
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeSize: 20, VolumeType: 'gp3' } },
    ],
    TagSpecifications: tags([
      { Key: 'group', Value: 'leaders' },
      { Key: 'Name', Value: 'leader' },
    ]),
  })
  const own = tags([
    { Key: 'seat', Value: '1' },
    { Key: 'Name', Value: 'leader 1' },
  ])
  const UserData = base64('#cloud-config\n# seat 1\n')
  const id = await run(t.context, {
    ...oneFrom(t.context, 'leaders', 'seat-1'),
    UserData,
    TagSpecifications: own,
  })

  const machine = await describe(t.context, id)
  t.regex(machine?.IamInstanceProfile?.Arn ?? '', /:instance-profile\/node$/)
  t.like(machine?.MetadataOptions, { HttpTokens: 'required', InstanceMetadataTags: 'enabled' })
  t.like(machine, { State: { Name: 'running' }, InstanceType: 't3.small', Architecture: 'x86_64' })
  t.like(byKey(machine?.Tags), { group: 'leaders', Name: 'leader 1', seat: '1' })

  const Filters = [{ Name: 'attachment.instance-id', Values: [id] }]
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters }))
  t.is(Volumes.length, 1)
  t.like(Volumes[0], { Encrypted: true, Size: 20, VolumeType: 'gp3' })
  t.deepEqual(byKey(Volumes[0]?.Tags), { group: 'leaders', Name: 'leader 1', seat: '1' })

  const asked = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' })
  t.is((await ec2.send(asked)).UserData?.Value, UserData)
})

test('an instance has its root volume even if the mapping contains only another one', async t => {
  const data = { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 100 } }
  await makeTemplate(t.context, 'data', { BlockDeviceMappings: [data] })
  const machine = await describe(t.context, await run(t.context, oneFrom(t.context, 'data', 'data')))
  const devices = machine?.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName)
  t.deepEqual(devices, ['/dev/xvda', '/dev/sdf'])
})

test('a launch that EC2 would reject is rejected with the same error', async t => {
  const { account } = t.context
  await makeTemplate(t.context, 'bad')
  const launch = (change: object) =>
    run(t.context, { ...oneFrom(t.context, 'bad', JSON.stringify(change)), ...change })
  const invalid = (message: RegExp) => ({ name: 'InvalidParameterValue', message })
  const profile = /^Value \(nope\) for parameter iamInstanceProfile\.name is invalid/
  await t.throwsAsync(launch({ InstanceType: 't9.x' }), invalid(/^Invalid value 't9\.x' for InstanceType\.$/))
  await t.throwsAsync(launch({ ImageId: account.images.arm64 }), invalid(/^The architecture 'x86_64' of the/))
  await t.throwsAsync(launch({ IamInstanceProfile: { Name: 'nope' } }), invalid(profile))
  await t.throwsAsync(launch({ ImageId: 'ami-00000000000000000' }), { name: 'InvalidAMIID.NotFound' })
  await t.throwsAsync(launch({ SubnetId: 'subnet-00000000000000000' }), { name: 'InvalidSubnetID.NotFound' })
  const LaunchTemplate = { LaunchTemplateId: 'lt-00000000000000000' }
  await t.throwsAsync(launch({ LaunchTemplate }), { name: 'InvalidLaunchTemplateId.NotFound' })
  await makeTemplate(t.context, 'no-profile', { IamInstanceProfile: { Name: 'nope' } })
  await t.throwsAsync(run(t.context, oneFrom(t.context, 'no-profile', 'no-profile')), invalid(profile))
})

test('the latest version of one or all templates is returned as it was given', async t => {
  const { ec2 } = t.context
  const id = await makeTemplate(t.context, 'versions')
  await makeTemplate(t.context, 'versions-of-another')
  const data = { InstanceType: 't3.large', UserData: base64('two') } as const
  const version = { LaunchTemplateId: id, VersionDescription: 'hash', LaunchTemplateData: data }
  await ec2.send(new CreateLaunchTemplateVersionCommand(version))
  const latest = async (of: { LaunchTemplateId?: string }) => {
    const asked = new DescribeLaunchTemplateVersionsCommand({ ...of, Versions: ['$Latest'] })
    return (await ec2.send(asked)).LaunchTemplateVersions ?? []
  }
  const [one] = await latest({ LaunchTemplateId: id })
  t.like(one, { VersionNumber: 2, VersionDescription: 'hash', LaunchTemplateData: data })
  const every = (await latest({})).filter(({ LaunchTemplateName = '' }) =>
    LaunchTemplateName.startsWith('versions'),
  )
  t.deepEqual(
    every.map(found => [found.LaunchTemplateName, found.VersionNumber]),
    [
      ['versions', 2],
      ['versions-of-another', 1],
    ],
  )
})

test('the error for a missing template contains its name', async t => {
  const { ec2 } = t.context
  const message = /does not exist\.$/
  const name = { name: 'InvalidLaunchTemplateName.NotFoundException', message }
  const id = { name: 'InvalidLaunchTemplateId.NotFound', message }
  const [missing, unknown] = ['nope', 'lt-00000000000000000']
  await t.throwsAsync(ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: missing })), name)
  await t.throwsAsync(ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: unknown })), id)
  await t.throwsAsync(ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [missing] })), name)
  await t.throwsAsync(ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [unknown] })), id)
})
