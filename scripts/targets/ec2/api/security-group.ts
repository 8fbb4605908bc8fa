import type { CreateSecurityGroupCommandInput, IpPermission, SecurityGroup } from '@aws-sdk/client-ec2'
import type { Cluster } from '../../../cluster/cluster.ts'
import type { Opening, Role } from '../../../cluster/firewall.ts'
import { tag } from '../../../cluster/tags.ts'
import type { ActualSecurityGroup } from '../actual.ts'
import { toTags } from '../ec2-tags.ts'
import {
  type CreateSecurityGroup,
  describeGroup,
  describeOpening,
  type UpdateSecurityGroup,
} from '../security-group.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { everyOf, fromTags, ofCluster, refuseForeign } from './tagged.ts'
import { onceVisible, settle, until } from './wait.ts'

/** The IDs of the security groups, by role. */
export type GroupIds = ReadonlyMap<Role, string>

/** The security groups of a cluster, with the ports that they open to each other. */
export async function observeSecurityGroups(aws: Aws, cluster: string): Promise<ActualSecurityGroup[]> {
  const ec2 = await aws.ec2()
  const pages = ec2.paginateDescribeSecurityGroups({ Filters: [ofCluster(cluster)] })
  const groups = await everyOf(pages, page => page.SecurityGroups)
  const roles = new Map(groups.map(group => [group.GroupId ?? '', roleOf(group)]))
  return groups.map(group => ({
    id: group.GroupId ?? '',
    vpc: group.VpcId ?? '',
    role: roleOf(group),
    openings: (group.IpPermissions ?? []).flatMap(permission => openingsIn(permission, roleOf(group), roles)),
  }))
}

function roleOf({ Tags }: SecurityGroup): Role {
  return fromTags(Tags)[tag.role] === 'leader' ? 'leader' : 'follower'
}

// Rules that users add for other sources are ignored, so they are never closed.
function openingsIn(permission: IpPermission, to: Role, roles: ReadonlyMap<string, Role>): Opening[] {
  const { IpProtocol, FromPort, ToPort, UserIdGroupPairs = [] } = permission
  if ((IpProtocol !== 'tcp' && IpProtocol !== 'udp') || FromPort === undefined || ToPort === undefined)
    return []
  return UserIdGroupPairs.flatMap(({ GroupId = '' }) => {
    const from = roles.get(GroupId)
    return from === undefined ? [] : [{ to, from, protocol: IpProtocol, first: FromPort, last: ToPort }]
  })
}

/** The request that creates the security group of a role. */
export function groupRequest(
  cluster: Cluster,
  vpc: string,
  { role }: CreateSecurityGroup,
): CreateSecurityGroupCommandInput {
  const { name, description, tags } = describeGroup(cluster, role)
  return {
    GroupName: name,
    Description: description,
    VpcId: vpc,
    TagSpecifications: [{ ResourceType: 'security-group', Tags: toTags(tags) }],
  }
}

/** Creates the security group of a role, or finds the one that an interrupted run created. */
export async function createSecurityGroup(
  aws: Aws,
  cluster: Cluster,
  vpc: string,
  step: CreateSecurityGroup,
): Promise<string> {
  const ec2 = await aws.ec2()
  const { name } = step
  const create = ec2.createSecurityGroup(groupRequest(cluster, vpc, step))
  const { GroupId = '' } = await unless(/^InvalidGroup\.Duplicate$/, create, async () => {
    const Filters = [
      { Name: 'group-name', Values: [name] },
      { Name: 'vpc-id', Values: [vpc] },
    ]
    const group = await until(aws, `security group ${name} to become visible`, settle, async () => {
      const pages = ec2.paginateDescribeSecurityGroups({ Filters })
      const [found] = await everyOf(pages, page => page.SecurityGroups)
      return found
    })
    refuseForeign(`security group ${name}`, cluster.name, group.Tags)
    return { GroupId: group.GroupId ?? '' }
  })
  return GroupId
}

/** Opens missing ports and closes surplus ports, with at most one call each. */
export async function changeRules(
  aws: Aws,
  { role, open, close }: UpdateSecurityGroup,
  ids: GroupIds,
): Promise<string> {
  const ec2 = await aws.ec2()
  const GroupId = ids.get(role) ?? ''
  const permissions = (openings: readonly Opening[]) => openings.map(opening => toPermission(opening, ids))
  if (open.length > 0) {
    const authorize = onceVisible(
      aws,
      `${GroupId} to become visible in EC2`,
      error => error.name === 'InvalidGroup.NotFound',
      () => ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: permissions(open) }),
    )
    // EC2 rejects the whole call if one rule already exists, so the rules are then added one by one.
    await unless(/^InvalidPermission\.Duplicate$/, authorize, () =>
      openOneByOne(aws, GroupId, permissions(open)),
    )
  }
  if (close.length > 0) await revoke(aws, GroupId, permissions(close))
  return GroupId
}

/** Closes ports. Succeeds if they are already closed or their group no longer exists. */
async function revoke(aws: Aws, GroupId: string, IpPermissions: IpPermission[]): Promise<void> {
  const ec2 = await aws.ec2()
  const closing = ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions })
  await unless(/^(InvalidPermission|InvalidGroup)\.NotFound$/, closing, () => undefined)
}

async function openOneByOne(aws: Aws, GroupId: string, permissions: readonly IpPermission[]): Promise<void> {
  const ec2 = await aws.ec2()
  const calls = permissions.map(permission =>
    unless(
      /^InvalidPermission\.Duplicate$/,
      ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] }),
      () => undefined,
    ),
  )
  await Promise.all(calls)
}

function toPermission(opening: Opening, ids: GroupIds): IpPermission {
  const { protocol, from, first, last, description } = describeOpening(opening)
  return {
    IpProtocol: protocol,
    FromPort: first,
    ToPort: last,
    UserIdGroupPairs: [{ GroupId: ids.get(from) ?? '', Description: description }],
  }
}

/** Deletes a security group. Its rules are deleted first, because the two groups of a cluster refer to each other. */
export async function deleteSecurityGroup(aws: Aws, GroupId: string, timeout: number): Promise<void> {
  const ec2 = await aws.ec2()
  const describe = ec2.describeSecurityGroups({ GroupIds: [GroupId] })
  const found = await unless(/^InvalidGroup\.NotFound$/, describe, () => undefined)
  const group = found?.SecurityGroups?.[0]
  if (group?.IpPermissions !== undefined && group.IpPermissions.length > 0) {
    await revoke(aws, GroupId, group.IpPermissions)
  }
  await until(aws, `${GroupId} to be no longer in use`, timeout, () => tryDelete(aws, GroupId))
}

async function tryDelete(aws: Aws, GroupId: string): Promise<true | undefined> {
  const ec2 = await aws.ec2()
  const remove = ec2.deleteSecurityGroup({ GroupId }).then(() => true as const)
  return unless(/^(InvalidGroup\.NotFound|DependencyViolation)$/, remove, error =>
    error.name === 'DependencyViolation' ? undefined : true,
  )
}
