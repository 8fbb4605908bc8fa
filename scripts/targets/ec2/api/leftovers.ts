import type { Instance } from '@aws-sdk/client-ec2'
import { imageTag } from '../../../cluster/tags.ts'
import type { Leftover } from '../baked-image.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { type AwsTag, everyOf, fromTags } from './tagged.ts'
import { until } from './wait.ts'

const Filters = [{ Name: 'tag-key', Values: [imageTag.run] }]

/**
 * Every resource in the region of `aws` that a bake tagged with its run and that is neither a completed image nor a
 * part of one. It may belong to a bake that is still running.
 */
export async function observeLeftovers(aws: Aws): Promise<readonly Leftover[]> {
  const ec2 = await aws.ec2()
  const [instances, volumes, keys, groups, images, snapshots] = await Promise.all([
    everyOf(ec2.paginateDescribeInstances({ Filters, MaxResults: 1_000 }), page => page.Reservations),
    everyOf(ec2.paginateDescribeVolumes({ Filters }), page => page.Volumes),
    ec2.describeKeyPairs({ Filters }), // not paginated
    everyOf(ec2.paginateDescribeSecurityGroups({ Filters }), page => page.SecurityGroups),
    everyOf(ec2.paginateDescribeImages({ Owners: ['self'], Filters }), page => page.Images),
    everyOf(ec2.paginateDescribeSnapshots({ OwnerIds: ['self'], Filters }), page => page.Snapshots),
  ])
  const found = (kind: Leftover['kind']) => (id: string | undefined, tags: readonly AwsTag[] | undefined) => {
    return { kind, id: id ?? '', region: aws.region, run: fromTags(tags)[imageTag.run] ?? '' }
  }
  const running = instances.flatMap(({ Instances = [] }) => Instances).filter(isThere)
  const isUnproven = ({ Tags }: { readonly Tags?: readonly AwsTag[] | undefined }) =>
    fromTags(Tags)[imageTag.proven] === undefined
  const used = new Set(
    images.flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId)),
  )
  return [
    ...running.map(({ InstanceId, Tags }) => found('instance')(InstanceId, Tags)),
    ...volumes.map(({ VolumeId, Tags }) => found('volume')(VolumeId, Tags)),
    ...(keys.KeyPairs ?? []).map(({ KeyName, Tags }) => found('key pair')(KeyName, Tags)),
    ...groups.map(({ GroupId, Tags }) => found('security group')(GroupId, Tags)),
    ...images.filter(isUnproven).map(({ ImageId, Tags }) => found('image')(ImageId, Tags)),
    ...snapshots
      .filter(snapshot => isUnproven(snapshot) && !used.has(snapshot.SnapshotId))
      .map(({ SnapshotId, Tags }) => found('snapshot')(SnapshotId, Tags)),
  ]
}

function isThere({ State }: Instance): boolean {
  return State?.Name !== 'terminated'
}

const patience = 300_000

/** Deletes what bakes left behind in the region of `aws`. Resources that others depend on are deleted last. */
export async function removeLeftovers(aws: Aws, leftovers: readonly Leftover[]): Promise<void> {
  const of = (kind: Leftover['kind']) => leftovers.filter(one => one.kind === kind).map(({ id }) => id)
  await terminate(aws, of('instance'))
  await Promise.all([
    ...of('key pair').map(async KeyName => (await aws.ec2()).deleteKeyPair({ KeyName })),
    ...of('security group').map(id => deleteGroup(aws, id)),
    ...of('volume').map(id => deleteVolume(aws, id)),
    ...of('image').map(id => deregisterImage(aws, id)),
    ...of('snapshot').map(id => deleteSnapshot(aws, id)),
  ])
}

async function terminate(aws: Aws, InstanceIds: string[]): Promise<void> {
  if (InstanceIds.length === 0) return
  const ec2 = await aws.ec2()
  await ec2.terminateInstances({ InstanceIds })
  await until(aws, `${InstanceIds.join(', ')} to be deleted`, patience, async () => {
    const { Reservations = [] } = await ec2.describeInstances({
      Filters: [{ Name: 'instance-id', Values: InstanceIds }],
    })
    return Reservations.flatMap(({ Instances = [] }) => Instances).some(isThere) ? undefined : true
  })
}

async function deleteGroup(aws: Aws, GroupId: string): Promise<void> {
  const ec2 = await aws.ec2()
  await until(aws, `${GroupId} to be no longer in use`, patience, async () => {
    const remove = ec2.deleteSecurityGroup({ GroupId }).then(() => true)
    const gone = unless(/^InvalidGroup\.NotFound$/, remove, () => true)
    return unless(/^DependencyViolation$/, gone, () => undefined)
  })
}

async function deleteVolume(aws: Aws, VolumeId: string): Promise<void> {
  const ec2 = await aws.ec2()
  await until(aws, `${VolumeId} to be detached`, patience, async () => {
    const remove = ec2.deleteVolume({ VolumeId }).then(() => true)
    // Most volumes are deleted with their instance.
    const gone = unless(/^InvalidVolume\.NotFound$/, remove, () => true)
    return unless(/^(VolumeInUse|IncorrectState)$/, gone, () => undefined)
  })
}

/** Deregisters an image and deletes its snapshots: those given, or those that the image lists. */
export async function deregisterImage(aws: Aws, id: string): Promise<void> {
  const ec2 = await aws.ec2()
  const { Images = [] } = await ec2.describeImages({ Filters: [{ Name: 'image-id', Values: [id] }] })
  const snapshots = Images.flatMap(({ BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  )
  await unless(
    /^InvalidAMIID\.(NotFound|Unavailable)$/,
    ec2.deregisterImage({ ImageId: id }),
    () => undefined,
  )
  for (const snapshot of snapshots) await deleteSnapshot(aws, snapshot)
}

async function deleteSnapshot(aws: Aws, SnapshotId: string): Promise<void> {
  const ec2 = await aws.ec2()
  await unless(/^InvalidSnapshot\.NotFound$/, ec2.deleteSnapshot({ SnapshotId }), () => undefined)
}
