import type { Cluster } from '../../cluster/cluster.ts'
import { profileName } from '../../cluster/names.ts'
import { removal, type Step } from '../../plan/step.ts'
import { bodyPrefix } from '../../user-data/fit.ts'
import type { Resources } from './cloudformation-resource.ts'
import { clusterTags, toTags } from './ec2-tags.ts'
import type { Facts } from './facts.ts'

/** Creates the role, its policy and the instance profile. */
export interface CreateInstanceProfile extends Step {
  readonly action: 'create'
  readonly kind: 'instance profile'
}

/** The step that creates the profile. None if it is complete or the inventory names another profile. */
export function instanceProfileSteps({ cluster, actual }: Facts): readonly CreateInstanceProfile[] {
  if (cluster.instanceProfile !== undefined || actual.instanceProfile === 'complete') return []
  const name = profileName(cluster.region, cluster.name)
  const says = { sign: '+', title: 'instance profile', detail: 'permission to list instances' } as const
  return [
    { id: `instance profile ${name}`, needs: [], action: 'create', kind: 'instance profile', name, says },
  ]
}

/** The step that deletes the profile that mesos-bakery created. */
export function deleteInstanceProfile({ region, name: cluster }: Cluster, after: readonly Step[]) {
  const name = profileName(region, cluster)
  return removal('instance profile', name, name, after)
}

/** The role of the instances, independent of the tool that creates it. */
export function describeRole(cluster: Cluster) {
  const name = profileName(cluster.region, cluster.name)
  return {
    name,
    description: `Allows the machines of ${cluster.name} to find its Consul servers`,
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
 * and, if there is a bucket for user data, to read the user data of its cluster from the bucket.
 */
export function rolePolicy({ name, region, userDataBucket }: Cluster) {
  const join = {
    Effect: 'Allow',
    Action: 'ec2:DescribeInstances',
    Resource: '*',
    Condition: { StringEquals: { 'aws:RequestedRegion': region } },
  }
  const partition = /^(cn|us-gov)-/.exec(region)?.[1]
  const arn = `arn:aws${partition === undefined ? '' : `-${partition}`}:s3:::${userDataBucket}/${bodyPrefix(name)}*`
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: arn }
  return { Version: '2012-10-17', Statement: userDataBucket === undefined ? [join] : [join, read] }
}

/** The name of the inline policy. */
export const policyName = 'consul-auto-join'

/** The role and the profile as CloudFormation resources. */
export function instanceProfileResources(cluster: Cluster): Resources {
  const { name, description, tags } = describeRole(cluster)
  const { permissionsBoundary } = cluster
  return {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        Description: description,
        AssumeRolePolicyDocument: trustEc2,
        ...(permissionsBoundary !== undefined && { PermissionsBoundary: permissionsBoundary }),
        Policies: [{ PolicyName: policyName, PolicyDocument: rolePolicy(cluster) }],
        Tags: toTags(tags),
      },
    },
    InstanceProfile: {
      Type: 'AWS::IAM::InstanceProfile',
      Properties: { InstanceProfileName: name, Roles: [{ Ref: 'Role' }] },
    },
  }
}
