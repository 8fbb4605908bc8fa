import type { Cluster, Node } from '../../cluster/cluster.ts'
import { type Role, roles } from '../../cluster/firewall.ts'
import { profileName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { removal, type Step } from '../../plan/step.ts'
import { bodyPrefix } from '../../user-data/fit.ts'
import { capital, type Resources } from './cloudformation-resource.ts'
import { clusterTags, toTags } from './ec2-tags.ts'
import type { Facts } from './facts.ts'

/** Creates the roles of leaders and followers, their policies and the instance profiles. */
export interface CreateInstanceProfile extends Step {
  readonly action: 'create'
  readonly kind: 'instance profile'
}

/** The step that creates the profiles. None if they are complete or the inventory names another profile. */
export function instanceProfileSteps({ cluster, actual }: Facts): readonly CreateInstanceProfile[] {
  if (cluster.instanceProfile !== undefined || actual.instanceProfile === 'complete') return []
  const name = profileName(cluster.region, cluster.name, 'follower')
  const detail = 'permissions to list instances and drain followers'
  const says = { sign: '+', title: 'instance profile', detail } as const
  return [
    { id: `instance profile ${name}`, needs: [], action: 'create', kind: 'instance profile', name, says },
  ]
}

/** The step that deletes the profiles that mesos-bakery created. */
export function deleteInstanceProfile({ region, name: cluster }: Cluster, after: readonly Step[]) {
  const name = profileName(region, cluster, 'follower')
  return removal('instance profile', name, name, after)
}

/** The name of the profile that a node is started with, unless the inventory names one. */
export function ownProfileOf({ region, name }: Cluster, { kind }: Pick<Node, 'kind'>): string {
  return profileName(region, name, kind === 'seat' ? 'leader' : 'follower')
}

/** The IAM role of leaders or followers, independent of the tool that creates it. */
export function describeRole(cluster: Cluster, role: Role) {
  const name = profileName(cluster.region, cluster.name, role)
  const purpose = role === 'leader' ? ', and to drain its followers' : ''
  return {
    name,
    description: `Allows the ${role}s of ${cluster.name} to find its Consul servers${purpose}`,
    tags: clusterTags(cluster, name),
  }
}

/** Allows EC2 to assume the role for instances. */
export const trustEc2 = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

/**
 * The minimum permissions of an instance: to list the instances in its region, which Consul uses to find the servers,
 * and, if there is a bucket for user data, to read the user data of its cluster from the bucket. Leaders may also look
 * at Auto Scaling groups and answer the lifecycle hooks of those of the cluster.
 */
export function rolePolicy({ name, region, userDataBucket }: Cluster, role: Role) {
  const join = {
    Effect: 'Allow',
    Action: 'ec2:DescribeInstances',
    Resource: '*',
    Condition: { StringEquals: { 'aws:RequestedRegion': region } },
  }
  const partition = /^(cn|us-gov)-/.exec(region)?.[1]
  const arn = `arn:aws${partition === undefined ? '' : `-${partition}`}:s3:::${userDataBucket}/${bodyPrefix(name)}*`
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: arn }
  return {
    Version: '2012-10-17',
    Statement: [
      join,
      ...(userDataBucket === undefined ? [] : [read]),
      ...(role === 'leader' ? drainStatements(name, region) : []),
    ],
  }
}

// What /usr/lib/mesos-bakery/drain calls. Auto Scaling restricts no call that only describes.
function drainStatements(cluster: string, region: string) {
  return [
    {
      Effect: 'Allow',
      Action: [
        'autoscaling:DescribeAutoScalingGroups',
        'autoscaling:DescribeLifecycleHooks',
        'autoscaling:DescribeScalingActivities',
      ],
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': region } },
    },
    {
      Effect: 'Allow',
      Action: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
      Resource: '*',
      Condition: {
        StringEquals: { 'aws:RequestedRegion': region, [`aws:ResourceTag/${tag.cluster}`]: cluster },
      },
    },
  ]
}

/** The name of the inline policy. */
export const policyName = 'consul-auto-join'

/** The logical ID of a role's instance profile in CloudFormation. */
export function profileLogicalId(role: Role): string {
  return `${capital(role)}InstanceProfile`
}

/** The roles and the profiles as CloudFormation resources. */
export function instanceProfileResources(cluster: Cluster): Resources {
  return Object.assign({}, ...roles.map(role => resourcesOfRole(cluster, role)))
}

function resourcesOfRole(cluster: Cluster, role: Role): Resources {
  const { name, description, tags } = describeRole(cluster, role)
  const { permissionsBoundary } = cluster
  const id = `${capital(role)}Role`
  return {
    [id]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        Description: description,
        AssumeRolePolicyDocument: trustEc2,
        ...(permissionsBoundary !== undefined && { PermissionsBoundary: permissionsBoundary }),
        Policies: [{ PolicyName: policyName, PolicyDocument: rolePolicy(cluster, role) }],
        Tags: toTags(tags),
      },
    },
    [profileLogicalId(role)]: {
      Type: 'AWS::IAM::InstanceProfile',
      Properties: { InstanceProfileName: name, Roles: [{ Ref: id }] },
    },
  }
}
