import {
  fromTags,
  type Group,
  holderOf,
  type Interface,
  isKnown,
  newId,
  passes,
  type Store,
  tagsFor,
} from './store.ts'
import { awsError } from './world.ts'

// Security groups and network interfaces, as in EC2.

// biome-ignore lint/suspicious/noExplicitAny: the double takes what the SDK's types allow, and answers as EC2 does
type Input = any

export const vpc = 'vpc-1'
export const subnets = ['subnet-a', 'subnet-b', 'subnet-c']

/** The group with an ID, if it is visible yet. */
export function groupOf(store: Store, id: string): Group {
  const group = store.groups.get(id)
  if (group === undefined || !isKnown(store, 'groups', group)) throw awsError('InvalidGroup.NotFound')
  return group
}

function createSecurityGroup(store: Store, input: Input) {
  const taken = [...store.groups.values()].some(({ name }) => name === input.GroupName)
  if (taken) throw awsError('InvalidGroup.Duplicate')
  if (input.DryRun) throw awsError('DryRunOperation')
  const id = newId(store, 'sg')
  const tags = tagsFor('security-group', input.TagSpecifications)
  store.groups.set(id, {
    id,
    name: input.GroupName,
    vpc,
    tags,
    rules: new Map(),
    madeAt: store.world.clock.now(),
  })
  return { GroupId: id }
}

function describeSecurityGroups(store: Store, input: Input) {
  if (input.GroupIds)
    return { SecurityGroups: input.GroupIds.map((id: string) => shownGroup(groupOf(store, id))) }
  const found = [...store.groups.values()].filter(
    group =>
      isKnown(store, 'groups', group) &&
      passes(input.Filters, group.tags, {
        'group-name': group.name,
        'vpc-id': group.vpc,
        'group-id': group.id,
      }),
  )
  return { SecurityGroups: found.map(shownGroup) }
}

function shownGroup({ id, name, tags, rules }: Group) {
  return {
    GroupId: id,
    GroupName: name,
    VpcId: vpc,
    Tags: fromTags(tags),
    IpPermissions: [...rules.values()].map(({ protocol, first, last, from }) => ({
      IpProtocol: protocol,
      FromPort: first,
      ToPort: last,
      UserIdGroupPairs: [{ GroupId: from }],
    })),
  }
}

function rulesIn(store: Store, permissions: Input[]) {
  return permissions.flatMap(({ IpProtocol, FromPort, ToPort, UserIdGroupPairs }) =>
    UserIdGroupPairs.map(({ GroupId }: Input) => {
      groupOf(store, GroupId)
      const key = `${GroupId}:${IpProtocol}:${FromPort}-${ToPort}`
      return [key, { protocol: IpProtocol, first: FromPort, last: ToPort, from: GroupId }]
    }),
  )
}

function authorizeSecurityGroupIngress(store: Store, input: Input) {
  const group = groupOf(store, input.GroupId)
  const rules = rulesIn(store, input.IpPermissions)
  if (rules.some(([key]) => group.rules.has(key))) throw awsError('InvalidPermission.Duplicate')
  for (const [key, rule] of rules) group.rules.set(key, rule)
  return {}
}

function revokeSecurityGroupIngress(store: Store, input: Input) {
  const group = groupOf(store, input.GroupId)
  const rules = rulesIn(store, input.IpPermissions)
  if (rules.some(([key]) => !group.rules.has(key))) throw awsError('InvalidPermission.NotFound')
  for (const [key] of rules) group.rules.delete(key)
  return {}
}

function deleteSecurityGroup(store: Store, { GroupId }: Input) {
  groupOf(store, GroupId)
  const used = [...store.interfaces.values()].some(({ groups }) => groups.includes(GroupId))
  const named = [...store.groups.values()].some(
    ({ id, rules }) => id !== GroupId && [...rules.values()].some(({ from }) => from === GroupId),
  )
  if (used || named) throw awsError('DependencyViolation')
  store.groups.delete(GroupId)
  return {}
}

/** The interface with an ID, if it is visible yet. */
export function interfaceOf(store: Store, id: string): Interface {
  const found = store.interfaces.get(id)
  if (found === undefined || !isKnown(store, 'interfaces', found)) {
    throw awsError('InvalidNetworkInterfaceID.NotFound')
  }
  return found
}

/** Creates an interface, separately or with an instance. */
export function makeInterface(
  store: Store,
  made: Pick<Interface, 'subnet' | 'groups' | 'tags' | 'ofMachine'>,
): string {
  const id = newId(store, 'eni')
  const address = `10.0.0.${store.made}`
  store.interfaces.set(id, { id, address, madeAt: store.world.clock.now(), ...made })
  return id
}

function createNetworkInterface(store: Store, input: Input) {
  if (!subnets.includes(input.SubnetId)) throw awsError('InvalidSubnetID.NotFound')
  for (const id of input.Groups ?? []) groupOf(store, id)
  if (input.DryRun) throw awsError('DryRunOperation')
  const tags = tagsFor('network-interface', input.TagSpecifications)
  const id = makeInterface(store, {
    subnet: input.SubnetId,
    groups: [...input.Groups],
    tags,
    ofMachine: false,
  })
  return { NetworkInterface: { NetworkInterfaceId: id } }
}

function describeNetworkInterfaces(store: Store, input: Input) {
  const found = [...store.interfaces.values()].filter(
    one => isKnown(store, 'interfaces', one) && passes(input.Filters, one.tags, {}),
  )
  return {
    NetworkInterfaces: found.map(({ id, subnet, groups, tags }) => ({
      NetworkInterfaceId: id,
      SubnetId: subnet,
      Groups: groups.map(GroupId => ({ GroupId })),
      TagSet: fromTags(tags),
    })),
  }
}

function modifyNetworkInterfaceAttribute(store: Store, input: Input) {
  const found = interfaceOf(store, input.NetworkInterfaceId)
  for (const id of input.Groups ?? []) groupOf(store, id)
  if (input.Groups) found.groups = [...input.Groups]
  return {}
}

function deleteNetworkInterface(store: Store, { NetworkInterfaceId }: Input) {
  interfaceOf(store, NetworkInterfaceId)
  if (holderOf(store, NetworkInterfaceId)) {
    throw awsError('InvalidParameterValue', `Network interface '${NetworkInterfaceId}' is currently in use.`)
  }
  store.interfaces.delete(NetworkInterfaceId)
  return {}
}

/** The calls by name. */
export const networkCalls = {
  createSecurityGroup,
  describeSecurityGroups,
  authorizeSecurityGroupIngress,
  revokeSecurityGroupIngress,
  deleteSecurityGroup,
  createNetworkInterface,
  describeNetworkInterfaces,
  modifyNetworkInterfaceAttribute,
  deleteNetworkInterface,
}
