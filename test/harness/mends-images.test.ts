import {
  CopyImageCommand,
  CreateImageCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  type Image,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

async function createImage({ ec2, account }: Cloud, name: string): Promise<string> {
  const machine = {
    ImageId: account.images.amd64,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
  } as const
  const { Instances } = await ec2.send(new RunInstancesCommand(machine))
  const tags = (ResourceType: 'image' | 'snapshot') => ({
    ResourceType,
    Tags: [{ Key: 'of', Value: ResourceType }],
  })
  const create = { InstanceId: Instances?.[0]?.InstanceId, Name: name }
  const TagSpecifications = [tags('image'), tags('snapshot')]
  return (await ec2.send(new CreateImageCommand({ ...create, TagSpecifications }))).ImageId ?? ''
}

async function describe({ ec2 }: Cloud, id: string): Promise<Image> {
  const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }))
  return Images?.[0] ?? {}
}

test('the name of an image is unique', async t => {
  const id = await createImage(t.context, 'once')
  const taken = { name: 'InvalidAMIName.Duplicate', message: `AMI name once is already in use by AMI ${id}` }
  await t.throwsAsync(createImage(t.context, 'once'), taken)
  const copy = new CopyImageCommand({ SourceImageId: id, SourceRegion: 'us-east-1', Name: 'once' })
  await t.throwsAsync(t.context.ec2.send(copy), taken)
})

test('a copy is encrypted and tagged if requested', async t => {
  const { ec2 } = t.context
  const source = { SourceImageId: await createImage(t.context, 'source'), SourceRegion: 'us-east-1' }
  const plain = await ec2.send(new CopyImageCommand({ ...source, Name: 'plain' }))
  t.like(await describe(t.context, plain.ImageId ?? ''), { Tags: [], RootDeviceName: '/dev/xvda' })
  const asked = { ...source, Name: 'encrypted', Encrypted: true, CopyImageTags: true }
  const { ImageId = '' } = await ec2.send(new CopyImageCommand(asked))
  const encrypted = await describe(t.context, ImageId)
  t.deepEqual(encrypted.Tags, [{ Key: 'of', Value: 'image' }])
  t.true(encrypted.BlockDeviceMappings?.[0]?.Ebs?.Encrypted)
})

test('a snapshot cannot be deleted before its image, and outlives it', async t => {
  const { ec2 } = t.context
  const ImageId = await createImage(t.context, 'gone')
  const SnapshotId = (await describe(t.context, ImageId)).BlockDeviceMappings?.[0]?.Ebs?.SnapshotId
  const remove = () => ec2.send(new DeleteSnapshotCommand({ SnapshotId }))
  await t.throwsAsync(remove, { name: 'InvalidSnapshot.InUse' })
  await ec2.send(new DeregisterImageCommand({ ImageId }))
  await t.notThrowsAsync(remove)
})
