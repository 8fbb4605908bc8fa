import { CreateAutoScalingGroupCommand, CreateLaunchConfigurationCommand } from '@aws-sdk/client-auto-scaling'
import {
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  ModifyLaunchTemplateCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** Creates an image like a bake, from an instance that then keeps running from another image. */
async function bakedImage(
  { ec2, account, proxy }: Cloud,
  title: string,
  tags: Readonly<Record<string, string>> = {},
) {
  const machine = {
    ImageId: account.images.amd64,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
  } as const
  const { Instances } = await ec2.send(new RunInstancesCommand(machine))
  const all = {
    'mesos-bakery:image-name': 'mesos',
    'mesos-bakery:fingerprint': title.padEnd(64, '0'),
    'mesos-bakery:run': '20260101T000000Z-00000000',
    'mesos-bakery:proven': 'yes',
    ...tags,
  }
  const Tags = Object.entries(all).map(([Key, Value]) => ({ Key, Value }))
  const { ImageId = '' } = await ec2.send(
    new CreateImageCommand({
      InstanceId: Instances?.[0]?.InstanceId,
      Name: `mesos-amd64-${title}`,
      TagSpecifications: (['image', 'snapshot'] as const).map(ResourceType => ({ ResourceType, Tags })),
    }),
  )
  // The clock of moto has a resolution of a second; the newest image must be unambiguous.
  await proxy.advance(1_000)
  return ImageId
}

/**
 * Auto Scaling groups that are pinned to an older version of their launch template, and one with a launch
 * configuration.
 */
async function startGroups(
  { ec2, autoScaling, account }: Cloud,
  images: { readonly pinned: string; readonly configured: string },
) {
  const LaunchTemplateName = 'moved-on'
  const [first, second] = [{ ImageId: images.pinned }, { ImageId: account.images.amd64 }]
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: first }))
  const next = { LaunchTemplateName, LaunchTemplateData: second }
  await ec2.send(new CreateLaunchTemplateVersionCommand(next))
  await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateName, DefaultVersion: '2' }))
  const LaunchConfigurationName = 'of-old'
  const configuration = { LaunchConfigurationName, ImageId: images.configured, InstanceType: 't3.micro' }
  await autoScaling.send(new CreateLaunchConfigurationCommand(configuration))
  const size = { MinSize: 0, MaxSize: 1, VPCZoneIdentifier: account.subnets[0] }
  const LaunchTemplateSpecification = { LaunchTemplateName, Version: '1' }
  const MixedInstancesPolicy = { LaunchTemplate: { LaunchTemplateSpecification } }
  const groups = [
    { AutoScalingGroupName: 'pinned', LaunchTemplate: LaunchTemplateSpecification },
    { AutoScalingGroupName: 'mixed', MixedInstancesPolicy },
    { AutoScalingGroupName: 'configured', LaunchConfigurationName },
  ]
  for (const group of groups) {
    await autoScaling.send(new CreateAutoScalingGroupCommand({ ...group, ...size }))
  }
}

test('images are listed with what uses them, and pruned except for those in use and the newest', async t => {
  const { ec2, ssm } = t.context
  const old = await bakedImage(t.context, 'old')
  const run = await bakedImage(t.context, 'run')
  const templated = await bakedImage(t.context, 'templated')
  const pinned = await bakedImage(t.context, 'pinned')
  const configured = await bakedImage(t.context, 'configured')
  const published = await bakedImage(t.context, 'published')
  const older = await bakedImage(t.context, 'older')
  const newest = await bakedImage(t.context, 'newest')
  const foreign = t.context.account.images.amd64
  await ec2.send(
    new RunInstancesCommand({ ImageId: run, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
  )
  const LaunchTemplateData = { ImageId: templated }
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'some', LaunchTemplateData }))
  await startGroups(t.context, { pinned, configured })
  const parameter = { Name: '/mesos-bakery/other/amd64', Value: published, Type: 'String' } as const
  await ssm.send(new PutParameterCommand(parameter))

  const trial = startTrial(t.context, 'pruning')
  const { stdout, stderr } = await trial.run('images')
  t.is(stderr, '')
  const [head = '', ...rows] = stdout.trimEnd().split('\n')
  t.regex(head, /^IMAGE +ARCH +REGION +ID +FINGERPRINT +AGE +USED BY$/)
  t.deepEqual(
    rows.map(row => row.split(/ {2,}/).at(-1)?.replace(/i-\w+/, 'i-…')),
    [
      '-',
      '-',
      'parameter /mesos-bakery/other/amd64',
      'Auto Scaling group configured',
      'Auto Scaling group pinned and 1 more',
      'launch template some 1',
      'instance i-…',
      '-',
    ],
  )

  const dry = await trial.run('images', ['--prune', '--keep', '1', '--json'])
  const going = JSON.parse(dry.stdout) as readonly {
    readonly id: string
    readonly snapshots: readonly string[]
  }[]
  t.deepEqual(going.map(({ id }) => id).sort(), [old, older].sort())
  const listed = await trial.run('images', ['--prune', '--keep', '1'])
  for (const { id, snapshots } of going) t.regex(listed.stdout, new RegExp(`${id} .* ${snapshots[0]}`))

  t.like(await trial.run('images', ['--prune', '--keep', '1', '--delete']), { code: 2 })
  t.is((await imagesNow(t.context)).length, 10)
  t.like(await trial.run('images', ['--prune', '--keep', '1', '--delete', '--yes']), { code: 0 })
  t.deepEqual(
    (await imagesNow(t.context)).sort(),
    [
      run,
      templated,
      pinned,
      configured,
      published,
      newest,
      ...Object.values(t.context.account.images),
    ].sort(),
  )
  t.true((await imagesNow(t.context)).includes(foreign))
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))
  for (const { snapshots } of going)
    t.false(Snapshots.some(({ SnapshotId }) => snapshots.includes(SnapshotId ?? '')))
  t.is((await trial.run('images', ['--prune', '--keep', '1'])).stdout, 'Nothing to prune.\n')
})

test('--keep 0 is refused, and its options without --prune are usage errors', async t => {
  const trial = startTrial(t.context, 'pruning')
  const none = await trial.run('images', ['--prune', '--keep', '0'])
  t.is(none.code, 2)
  t.true(none.stderr.startsWith('error: --keep must be a whole number from 1 to 9999, got "0"\n'))
  t.like(await trial.run('images', ['--keep', '1']), { code: 2 })
  t.like(await trial.run('images', ['--delete']), { code: 2 })
})

async function imagesNow({ ec2 }: Cloud): Promise<string[]> {
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))
  return Images.map(({ ImageId = '' }) => ImageId)
}
