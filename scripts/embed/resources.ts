import { createHash } from 'node:crypto'
import type { Opening, Role } from '../cluster/firewall.ts'
import { tag } from '../cluster/tags.ts'
import { policyName, rolePolicy, trustEc2 } from '../targets/ec2/instance-profile.ts'
import { clusterTags, toTags } from '../targets/ec2/tag-list.ts'
import { templateData } from '../targets/ec2/template-data.ts'
import type { Blueprint, PoolPlan, SeatPlan } from './blueprint.ts'

/** A resource of CloudFormation. */
export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly UpdatePolicy?: Readonly<Record<string, unknown>>
  readonly DependsOn?: readonly string[]
}

type Resources = Readonly<Record<string, Resource>>

/** Everything that a launch makes, as CloudFormation calls it, by logical id. */
export function resourcesOf(blueprint: Blueprint): Resources {
  return {
    ...securityGroups(blueprint),
    ...instanceProfile(blueprint),
    ...Object.fromEntries(blueprint.seats.flatMap((seat, index) => seatOf(blueprint, seat, index))),
    ...Object.fromEntries(blueprint.pools.flatMap(pool => poolOf(blueprint, pool))),
  }
}

const groupId = (role: Role) => ({ 'Fn::GetAtt': [`${capital(role)}SecurityGroup`, 'GroupId'] })

function securityGroups({ cluster, groups, openings }: Blueprint): Resources {
  const own = groups.map(({ name, role }): [string, Resource] => [
    `${capital(role)}SecurityGroup`,
    {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupName: name,
        GroupDescription: `Mesos ${role}s of ${cluster.name}, made by mesos-bakery`,
        VpcId: { Ref: 'VpcId' },
        Tags: toTags({ ...clusterTags(cluster, name), [tag.role]: role }),
      },
    },
  ])
  // Beside the groups, since these name each other.
  return Object.fromEntries([...own, ...openings.map(ingress)])
}

function ingress({ to, from, protocol, first, last }: Opening): [string, Resource] {
  const ports = first === last ? `${first}` : `${first}To${last}`
  return [
    `${capital(to)}From${capital(from)}${capital(protocol)}${ports}`,
    {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: groupId(to),
        SourceSecurityGroupId: groupId(from),
        IpProtocol: protocol,
        FromPort: first,
        ToPort: last,
        Description: `${from}s of this cluster`,
      },
    },
  ]
}

function instanceProfile({ cluster, profile }: Blueprint): Resources {
  if (profile === undefined) return {}
  const { name } = profile
  const Tags = toTags(clusterTags(cluster, name))
  return {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        Description: `Lets the machines of ${cluster.name} find its Consul servers`,
        AssumeRolePolicyDocument: trustEc2,
        ...(cluster.permissionsBoundary !== undefined && {
          PermissionsBoundary: cluster.permissionsBoundary,
        }),
        Policies: [{ PolicyName: policyName, PolicyDocument: rolePolicy(cluster) }],
        Tags,
      },
    },
    InstanceProfile: {
      Type: 'AWS::IAM::InstanceProfile',
      Properties: { InstanceProfileName: name, Roles: [{ Ref: 'Role' }] },
    },
  }
}

/**
 * A group of one machine. An instance would be replaced by launching the new one first, and then two would hold one
 * seat; a group of at most one ends the old one first. Seats wait for each other, so that one is down at a time.
 */
function seatOf(blueprint: Blueprint, seat: SeatPlan, index: number): Pair {
  const { name, seat: number, subnet } = seat.step
  const properties = {
    MinSize: '1',
    MaxSize: '1',
    VPCZoneIdentifier: [subnet],
    InstanceMaintenancePolicy: { MinHealthyPercentage: 0, MaxHealthyPercentage: 100 },
    // Not those by which a pool is known.
    Tags: onGroup({ ...blueprint.cluster.tags, Name: name }),
  }
  const attributes = {
    UpdatePolicy: {
      AutoScalingRollingUpdate: {
        MinInstancesInService: 0,
        MaxBatchSize: 1,
        PauseTime: 'PT5M',
        SuspendProcesses: ['HealthCheck', 'ReplaceUnhealthy', 'AZRebalance'],
      },
    },
    ...(index > 0 && { DependsOn: [`Leader${number - 1}`] }),
  }
  return scalingGroup(blueprint, seat, { id: `Leader${number}`, properties, attributes })
}

function poolOf(blueprint: Blueprint, pool: PoolPlan): Pair {
  const { group, min, max, subnets, tags } = pool.step
  const properties = {
    MinSize: String(min),
    MaxSize: String(max),
    VPCZoneIdentifier: subnets,
    Tags: onGroup(tags),
  }
  return scalingGroup(blueprint, pool, { id: poolId(group, blueprint), properties })
}

interface ScalingGroup {
  readonly id: string
  readonly properties: Resource['Properties']
  readonly attributes?: Partial<Resource>
}

/** A launch template, and the group that starts from it. */
type Pair = readonly [[string, Resource], [string, Resource]]

function scalingGroup(
  blueprint: Blueprint,
  plan: SeatPlan | PoolPlan,
  { id, properties, attributes = {} }: ScalingGroup,
): Pair {
  const template = `${id}Template`
  const Version = { 'Fn::GetAtt': [template, 'LatestVersionNumber'] }
  const Properties = {
    AutoScalingGroupName: plan.step.name,
    LaunchTemplate: { LaunchTemplateId: { Ref: template }, Version },
    ...properties,
  }
  return [
    [template, launchTemplate(blueprint, plan)],
    [id, { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties, ...attributes }],
  ]
}

// The launch template tags the machines.
function onGroup(tags: Readonly<Record<string, string>>) {
  return toTags(tags).map(one => ({ ...one, PropagateAtLaunch: false }))
}

function launchTemplate(
  { cluster, profile }: Blueprint,
  { step: { name }, template, userData }: SeatPlan | PoolPlan,
): Resource {
  const groups = [...template.roles.map(groupId), ...template.securityGroups]
  const data = templateData<unknown>(template, groups, userData)
  return {
    Type: 'AWS::EC2::LaunchTemplate',
    Properties: {
      LaunchTemplateName: name,
      LaunchTemplateData: {
        ...data,
        // By reference, so that it is made before.
        ...(profile !== undefined && { IamInstanceProfile: { Name: { Ref: 'InstanceProfile' } } }),
      },
      TagSpecifications: [
        {
          ResourceType: 'launch-template',
          Tags: toTags({ ...clusterTags(cluster, name), [tag.group]: template.group }),
        },
      ],
    },
  }
}

/** Logical ids hold letters and digits alone. Two groups that become one by that get a part of their hash. */
function poolId(group: string, { pools }: Blueprint): string {
  const plain = (name: string) => `Pool${name.split(/[-_]/).map(capital).join('')}`
  const twins = pools.filter(({ step }) => plain(step.group) === plain(group)).length
  const hash = createHash('sha256').update(group).digest('hex').slice(0, 6)
  return twins > 1 ? `${plain(group)}${hash}` : plain(group)
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
