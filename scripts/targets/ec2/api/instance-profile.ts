import type { Role } from '@aws-sdk/client-iam'
import type { Cluster } from '../../../cluster/cluster.ts'
import { profileName } from '../../../cluster/names.ts'
import { tag } from '../../../cluster/tags.ts'
import type { Actual } from '../actual.ts'
import { toTags } from '../ec2-tags.ts'
import { describeRole, policyName, rolePolicy, trustEc2 } from '../instance-profile.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { fromTags, refuseForeign } from './tagged.ts'
import { onceVisible } from './wait.ts'

const absent = /^NoSuchEntity/
const present = /^EntityAlreadyExists/

/** Whether the instance profile that mesos-bakery creates exists with its role and policy, and whether it is ours. */
export async function observeInstanceProfile(aws: Aws, cluster: Cluster): Promise<Actual['instanceProfile']> {
  const iam = await aws.iam()
  const name = profileName(aws.region, cluster.name)
  const [profile, role, policy] = await Promise.all([
    unless(absent, iam.getInstanceProfile({ InstanceProfileName: name }), () => undefined),
    unless(absent, iam.getRole({ RoleName: name }), () => undefined),
    unless(absent, iam.getRolePolicy({ RoleName: name, PolicyName: policyName }), () => undefined),
  ])
  const there = [profile?.InstanceProfile, role?.Role].filter(one => one !== undefined)
  if (there.length === 0) return 'missing'
  if (there.some(({ Tags }) => fromTags(Tags)[tag.cluster] !== cluster.name)) return 'foreign'
  const document = decodeURIComponent(policy?.PolicyDocument ?? '')
  const hasRole = profile?.InstanceProfile?.Roles?.length === 1
  const bounded = isBounded(cluster, role?.Role)
  return hasRole && bounded && document === JSON.stringify(rolePolicy(cluster)) ? 'complete' : 'incomplete'
}

// A boundary that the inventory does not set was set by someone else: an account may require one on every role.
function isBounded({ permissionsBoundary }: Cluster, role: Role | undefined): boolean {
  const actual = role?.PermissionsBoundary?.PermissionsBoundaryArn
  return permissionsBoundary === undefined || actual === permissionsBoundary
}

/** Creates the role, its policy and the instance profile, or the parts that an interrupted run did not create. */
export async function createInstanceProfile(aws: Aws, cluster: Cluster, name: string): Promise<string> {
  const iam = await aws.iam()
  const { description, tags } = describeRole(cluster)
  const Tags = toTags(tags)
  const createRole = iam.createRole({
    RoleName: name,
    Description: description,
    AssumeRolePolicyDocument: JSON.stringify(trustEc2),
    PermissionsBoundary: cluster.permissionsBoundary,
    Tags,
  })
  const createProfile = iam.createInstanceProfile({ InstanceProfileName: name, Tags })
  const [{ InstanceProfile }] = await Promise.all([
    unless(present, createProfile, async () => {
      const found = await onceKnown(aws, name, () => iam.getInstanceProfile({ InstanceProfileName: name }))
      refuseForeign(`instance profile ${name}`, cluster.name, found.InstanceProfile?.Tags)
      return found
    }),
    unless(present, createRole, async () => {
      const { Role } = await onceKnown(aws, name, () => iam.getRole({ RoleName: name }))
      refuseForeign(`role ${name}`, cluster.name, Role?.Tags)
      const PermissionsBoundary = cluster.permissionsBoundary
      if (PermissionsBoundary === undefined || isBounded(cluster, Role)) return
      await iam.putRolePermissionsBoundary({ RoleName: name, PermissionsBoundary })
    }),
  ])
  const hasRole = (InstanceProfile?.Roles ?? []).length > 0
  await Promise.all([
    onceKnown(aws, name, () =>
      iam.putRolePolicy({
        RoleName: name,
        PolicyName: policyName,
        PolicyDocument: JSON.stringify(rolePolicy(cluster)),
      }),
    ),
    hasRole ? undefined : addRole(aws, name),
  ])
  return name
}

async function addRole(aws: Aws, name: string): Promise<void> {
  const iam = await aws.iam()
  const add = onceKnown(aws, name, () =>
    iam.addRoleToInstanceProfile({ InstanceProfileName: name, RoleName: name }),
  )
  // LimitExceeded: the profile already has its only role, for example from a call whose response was lost.
  await unless(/^LimitExceeded/, add, () => undefined)
}

function onceKnown<T>(aws: Aws, name: string, call: () => Promise<T>): Promise<T> {
  return onceVisible(aws, `${name} to become visible in IAM`, error => absent.test(error.name), call)
}

/** Deletes the instance profile and its role, if they exist and are ours. */
export async function deleteInstanceProfile(aws: Aws, cluster: string): Promise<void> {
  const iam = await aws.iam()
  const name = profileName(aws.region, cluster)
  const [profile, role] = await Promise.all([
    unless(absent, iam.getInstanceProfile({ InstanceProfileName: name }), () => undefined),
    unless(absent, iam.getRole({ RoleName: name }), () => undefined),
  ])
  if (profile !== undefined) refuseForeign(`instance profile ${name}`, cluster, profile.InstanceProfile?.Tags)
  if (role !== undefined) refuseForeign(`role ${name}`, cluster, role.Role?.Tags)
  const InstanceProfileName = name
  const RoleName = name
  if (role !== undefined) {
    const leave = iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName })
    const empty = iam.deleteRolePolicy({ RoleName, PolicyName: policyName })
    await Promise.all([unless(absent, leave, () => undefined), unless(absent, empty, () => undefined)])
    await unless(absent, iam.deleteRole({ RoleName }), () => undefined)
  }
  if (profile !== undefined) {
    await unless(absent, iam.deleteInstanceProfile({ InstanceProfileName }), () => undefined)
  }
}
