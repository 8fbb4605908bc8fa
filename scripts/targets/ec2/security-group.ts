import type { Cluster } from '../../cluster/cluster.ts'
import { type Opening, openingKey, openingsOf, portsIn, type Role, roles } from '../../cluster/firewall.ts'
import { securityGroupName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { type OutOfDate, removal, type Step } from '../../plan/step.ts'
import type { ActualSecurityGroup } from './actual.ts'
import {
  capital,
  groupLogicalId,
  groupReference,
  type Resource,
  type Resources,
} from './cloudformation-resource.ts'
import { clusterTags, toTags } from './ec2-tags.ts'
import type { Facts } from './facts.ts'

// One security group for each role. They open ports to each other only.

export interface CreateSecurityGroup extends Step {
  readonly action: 'create'
  readonly kind: 'security group'
  readonly role: Role
}

export interface UpdateSecurityGroup extends Step {
  readonly action: 'update'
  readonly kind: 'security group'
  readonly role: Role
  readonly open: readonly Opening[]
  readonly close: readonly Opening[]
}

export type SecurityGroupStep = CreateSecurityGroup | UpdateSecurityGroup

/** The security group of a role, independent of the tool that creates it. */
export function describeGroup(cluster: Cluster, role: Role) {
  const name = securityGroupName(cluster.name, role)
  return {
    name,
    description: `Mesos ${role}s of ${cluster.name}, made by mesos-bakery`,
    tags: { ...clusterTags(cluster, name), [tag.role]: role },
  }
}

/** A rule, independent of the tool that creates it: source, destination and ports. */
export function describeOpening({ to, from, protocol, first, last }: Opening) {
  return { to, from, protocol, first, last, description: `${from}s of this cluster` }
}

/** The steps that create the security group of each role and open missing ports. */
export function openSteps({ cluster, actual }: Facts): readonly SecurityGroupStep[] {
  const name = (role: Role) => securityGroupName(cluster.name, role)
  const missing = roles.filter(role => !actual.securityGroups.some(group => group.role === role))
  const create = missing.map(
    (role): CreateSecurityGroup => ({
      id: `security group ${name(role)}`,
      needs: [],
      action: 'create',
      kind: 'security group',
      name: name(role),
      role,
      says: { sign: '+', title: 'security group', detail: '' },
    }),
  )
  const present = new Set(actual.securityGroups.flatMap(group => group.openings.map(openingKey)))
  const lacking = openingsOf(cluster).filter(opening => !present.has(openingKey(opening)))
  return [...create, ...ruleSteps(cluster.name, lacking, 'open', create)]
}

/**
 * The steps that close ports between the roles of this cluster that are no longer needed, after all other steps. No
 * port is closed while an instance is out of date, because it may use the port.
 *
 * @param others all other steps of the plan
 */
export function closeSteps(
  facts: Facts,
  old: readonly OutOfDate[],
  others: readonly Step[],
): readonly UpdateSecurityGroup[] {
  return old.length > 0 ? [] : ruleSteps(facts.cluster.name, closings(facts), 'close', others)
}

/** The open ports between the roles of this cluster that are no longer needed. */
export function closings({ cluster, actual }: Facts): readonly Opening[] {
  const wanted = new Set(openingsOf(cluster).map(openingKey))
  return actual.securityGroups.flatMap(({ openings }) =>
    openings.filter(opening => !wanted.has(openingKey(opening))),
  )
}

function ruleSteps(
  cluster: string,
  openings: readonly Opening[],
  what: 'open' | 'close',
  after: readonly Step[],
): readonly UpdateSecurityGroup[] {
  return roles.flatMap((role): readonly UpdateSecurityGroup[] => {
    const those = openings.filter(({ to }) => to === role)
    if (those.length === 0) return []
    const name = securityGroupName(cluster, role)
    return [
      {
        id: `${what} ports of ${name}`,
        needs: after.map(({ id }) => id),
        action: 'update',
        kind: 'security group',
        name,
        role,
        open: what === 'open' ? those : [],
        close: what === 'close' ? those : [],
        says: { sign: what === 'open' ? '+' : '~', title: 'rules', detail: `${what} ${portsIn(those)}` },
      },
    ]
  })
}

/** The step that deletes a security group after nothing uses it. */
export function deleteSecurityGroup(
  cluster: string,
  { role, id }: ActualSecurityGroup,
  after: readonly Step[],
) {
  return removal('security group', securityGroupName(cluster, role), id, after)
}

/**
 * The groups as CloudFormation resources. Their rules are separate resources, because the groups refer to each other.
 */
export function securityGroupResources(cluster: Cluster, openings: readonly Opening[]): Resources {
  const groups = roles.map((role): [string, Resource] => {
    const { name, description, tags } = describeGroup(cluster, role)
    const VpcId = { Ref: 'VpcId' }
    const Properties = { GroupName: name, GroupDescription: description, VpcId, Tags: toTags(tags) }
    return [groupLogicalId(role), { Type: 'AWS::EC2::SecurityGroup', Properties }]
  })
  return Object.fromEntries([...groups, ...openings.map(ingress)])
}

function ingress(opening: Opening): [string, Resource] {
  const { to, from, protocol, first, last, description } = describeOpening(opening)
  const ports = first === last ? `${first}` : `${first}To${last}`
  return [
    `${capital(to)}From${capital(from)}${capital(protocol)}${ports}`,
    {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: groupReference(to),
        SourceSecurityGroupId: groupReference(from),
        IpProtocol: protocol,
        FromPort: first,
        ToPort: last,
        Description: description,
      },
    },
  ]
}
