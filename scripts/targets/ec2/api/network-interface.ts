import type { CreateNetworkInterfaceCommandInput } from '@aws-sdk/client-ec2'
import { tag } from '../../../cluster/tags.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import type { ActualInterface } from '../actual.ts'
import type { Claim } from '../claim.ts'
import { type TagSeat, toTags } from '../ec2-tags.ts'
import type { SeatInterface, UpdateInterface } from '../network-interface.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import type { GroupIds } from './security-group.ts'
import { everyOf, fromTags, ofCluster } from './tagged.ts'
import { onceVisible, settle, until } from './wait.ts'

/** The network interfaces that were created for the seats of a cluster. */
export async function observeInterfaces(aws: Aws, cluster: string): Promise<ActualInterface[]> {
  const ec2 = await aws.ec2()
  const Filters = [ofCluster(cluster), { Name: 'tag-key', Values: [tag.seat] }]
  const pages = ec2.paginateDescribeNetworkInterfaces({ Filters })
  const interfaces = await everyOf(pages, page => page.NetworkInterfaces)
  return interfaces.map(({ NetworkInterfaceId = '', SubnetId = '', Groups = [], TagSet }) => ({
    id: NetworkInterfaceId,
    seat: Number(fromTags(TagSet)[tag.seat]),
    subnet: SubnetId,
    securityGroupIds: Groups.flatMap(({ GroupId }) => GroupId ?? []),
  }))
}

/** The request that creates the network interface of a seat, without its security groups. */
export function interfaceRequest({ subnet, name, tags }: SeatInterface): CreateNetworkInterfaceCommandInput {
  return {
    SubnetId: subnet,
    Description: `Seat of ${name}`,
    TagSpecifications: [{ ResourceType: 'network-interface', Tags: toTags(tags) }],
  }
}

/**
 * Creates a network interface for a seat. It gets a public address if its subnet assigns public addresses to instances.
 */
export async function createInterface(aws: Aws, seat: SeatInterface, groups: GroupIds): Promise<string> {
  const ec2 = await aws.ec2()
  const create = onceVisible(
    aws,
    'the security groups to become visible in EC2',
    ({ name }) => name === 'InvalidGroup.NotFound',
    () => ec2.createNetworkInterface({ ...interfaceRequest(seat), Groups: groupsOf(seat, groups) }),
  )
  const [{ NetworkInterface }, { Subnets = [] }] = await Promise.all([
    create,
    ec2.describeSubnets({ SubnetIds: [seat.subnet] }),
  ])
  const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? ''
  if (Subnets[0]?.MapPublicIpOnLaunch === true) {
    const change = { NetworkInterfaceId, AssociatePublicIpAddress: true }
    await onceKnown(aws, NetworkInterfaceId, () => ec2.modifyNetworkInterfaceAttribute(change))
  }
  return NetworkInterfaceId
}

/** Puts a network interface into the security groups of its seat. */
export async function updateInterface(aws: Aws, step: UpdateInterface, groups: GroupIds): Promise<string> {
  const ec2 = await aws.ec2()
  const change = { NetworkInterfaceId: step.target, Groups: groupsOf(step, groups) }
  await onceKnown(aws, step.target, () => ec2.modifyNetworkInterfaceAttribute(change))
  return step.target
}

function groupsOf(
  { roles, securityGroups }: Pick<SeatInterface, 'roles' | 'securityGroups'>,
  groups: GroupIds,
): string[] {
  return [...roles.flatMap(role => groups.get(role) ?? []), ...securityGroups]
}

function onceKnown<T>(aws: Aws, id: string, call: () => Promise<T>): Promise<T> {
  return onceVisible(aws, `${id} to become visible in EC2`, ({ name }) => notFound.test(name), call)
}

const notFound = /^InvalidNetworkInterfaceID\.NotFound$/

/** Whether EC2 refused because the interface is attached to an instance. */
function isInUse({ name, message }: Error): boolean {
  return /^InvalidNetworkInterface\.InUse$/.test(name) || /currently in use/.test(message)
}

/**
 * Deletes a network interface. Succeeds if it does not exist.
 *
 * @throws an error for which `isInUse` is true while the interface is attached to an instance
 */
export async function deleteInterface(aws: Aws, NetworkInterfaceId: string): Promise<void> {
  const ec2 = await aws.ec2()
  await unless(notFound, ec2.deleteNetworkInterface({ NetworkInterfaceId }), () => undefined)
}

/**
 * Deletes a network interface, and waits for an instance that is terminating.
 *
 * @throws Refused if it is attached to an instance that is not terminating
 */
export async function deleteFreeInterface(aws: Aws, id: string, timeout: number): Promise<void> {
  const holder = await releaseInterface(aws, id, undefined, timeout)
  if (holder === undefined) return
  const message = `is in use by ${holder}, which was not visible when the plan was made`
  throw new Refused([{ path: Path.outside(id), message, help: 'run destroy again to delete it too' }])
}

/**
 * Deletes an interface of an earlier claim, so that no instance can be started by that claim any longer. An interface
 * that EC2 does not find may have just been created: it counts as deleted only if its claim is old enough for the
 * interface to be visible.
 *
 * @param timeout how long to wait for an instance that is terminating, in milliseconds
 * @returns the instance that keeps the interface; undefined if the interface is deleted
 */
export async function releaseInterface(
  aws: Aws,
  id: string,
  claim: Claim | undefined,
  timeout: number,
): Promise<string | undefined> {
  const ec2 = await aws.ec2()
  const known = Date.parse(claim?.at ?? '') + settle
  const { holder } = await until(aws, `${id} to be free`, Math.max(timeout, settle * 2), async () => {
    const remove = ec2.deleteNetworkInterface({ NetworkInterfaceId: id }).then(() => ({ holder: undefined }))
    try {
      return await unless(notFound, remove, () =>
        aws.clock.now() < known ? undefined : { holder: undefined },
      )
    } catch (error) {
      if (!(error instanceof Error) || !isInUse(error)) throw error
      const holder = await machineWith(aws, id)
      return holder === undefined ? undefined : { holder }
    }
  })
  return holder
}

/** The instance that an interface is attached to, unless it is terminating or not visible yet. */
async function machineWith(aws: Aws, id: string): Promise<string | undefined> {
  const ec2 = await aws.ec2()
  const Filters = [
    { Name: 'network-interface.network-interface-id', Values: [id] },
    { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
  ]
  const { Reservations = [] } = await ec2.describeInstances({ Filters })
  return Reservations.flatMap(({ Instances = [] }) => Instances)[0]?.InstanceId
}

/** Applies the tags of the inventory to the resources of a leader's instance. */
export async function tagSeat(aws: Aws, { targets, tags, name }: TagSeat): Promise<string> {
  const ec2 = await aws.ec2()
  await ec2.createTags({ Resources: [...targets], Tags: toTags(tags) })
  return name
}
