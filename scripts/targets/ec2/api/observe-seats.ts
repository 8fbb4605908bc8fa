import type { Instance, Volume } from '@aws-sdk/client-ec2'
import { tag } from '../../../cluster/tags.ts'
import type { Placement, SeatMachine, Stray } from '../actual.ts'
import type { Aws } from './connect.ts'
import { everyOf, fromTags, ofCluster } from './tagged.ts'

/** Every instance that holds a seat of a cluster, or held it until recently. */
export async function observeSeats(aws: Aws, cluster: string): Promise<SeatMachine[]> {
  const instances = await describe(aws, { Filters: ofSeats(cluster) })
  return instances.map(instance => toSeatMachine(instance)).sort((a, b) => a.seat - b.seat)
}

/** Like `observeSeats`, with details from the volumes of the instances. */
export async function observeSeatsWithVolumes(aws: Aws, cluster: string): Promise<SeatMachine[]> {
  const ec2 = await aws.ec2()
  const [instances, volumes] = await Promise.all([
    describe(aws, { Filters: ofSeats(cluster) }),
    everyOf(ec2.paginateDescribeVolumes({ Filters: ofSeats(cluster) }), page => page.Volumes),
  ])
  return instances.map(instance => toSeatMachine(instance, volumes)).sort((a, b) => a.seat - b.seat)
}

function ofSeats(cluster: string) {
  return [ofCluster(cluster), { Name: 'tag-key', Values: [tag.seat] }]
}

/** Instances of a cluster that hold no seat and are in no pool: nothing else would delete them. */
export async function observeStrays(aws: Aws, cluster: string): Promise<Stray[]> {
  const all = await describe(aws, { Filters: [ofCluster(cluster)] })
  return all.flatMap(({ InstanceId = '', State, Tags }) => {
    const tags = fromTags(Tags)
    const kept = tag.seat in tags || 'aws:autoscaling:groupName' in tags
    return kept || State?.Name === 'terminated' ? [] : [{ id: InstanceId, name: tags.Name ?? InstanceId }]
  })
}

function toSeatMachine(instance: Instance, volumes: readonly Volume[] = []): SeatMachine {
  const tags = fromTags(instance.Tags)
  const leaders = Number(tags[tag.leaders])
  return {
    id: instance.InstanceId ?? '',
    seat: Number(tags[tag.seat]),
    leaders: Number.isInteger(leaders) ? leaders : undefined,
    state: (instance.State?.Name ?? 'pending') as SeatMachine['state'],
    image: instance.ImageId ?? '',
    instanceType: instance.InstanceType ?? '',
    userData: tags[tag.userData],
    address: instance.PrivateIpAddress,
    zone: instance.Placement?.AvailabilityZone,
    reason: instance.StateReason?.Message,
    placement: placementOf(instance, volumes),
  }
}

function placementOf(instance: Instance, volumes: readonly Volume[]): Placement {
  const own = volumes.filter(({ Attachments = [] }) =>
    Attachments.some(({ InstanceId }) => InstanceId === instance.InstanceId),
  )
  const root = own.find(({ Attachments = [] }) =>
    Attachments.some(({ Device }) => Device === instance.RootDeviceName),
  )
  const tags = fromTags(instance.Tags)
  // The interfaces of leaders from earlier releases were created by EC2 with the instance and have no tags of ours.
  const [nic] = tag.claimed in tags ? (instance.NetworkInterfaces ?? []) : []
  return {
    subnet: instance.SubnetId,
    keyName: instance.KeyName,
    rootVolumeGb: root?.Size,
    tags,
    parts: [...own.map(({ VolumeId }) => VolumeId), nic?.NetworkInterfaceId].filter(id => id !== undefined),
  }
}

/** Every instance that a query finds. */
export async function describe(aws: Aws, query: object): Promise<Instance[]> {
  const ec2 = await aws.ec2()
  const reservations = await everyOf(ec2.paginateDescribeInstances(query), page => page.Reservations)
  return reservations.flatMap(reservation => reservation.Instances ?? [])
}
