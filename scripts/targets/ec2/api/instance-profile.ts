import type { Role as IamRole } from '@aws-sdk/client-iam'
import type { Cluster } from '../../../cluster/cluster.ts'
import { type Role, roles } from '../../../cluster/firewall.ts'
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

type State = Actual['instanceProfile']

/** Whether the instance profiles that mesos-bakery creates exist with their roles and policies, and are ours. */
export async function observeInstanceProfile(aws: Aws, cluster: Cluster): Promise<State> {
  const states = await Promise.all(roles.map(role => observeProfileOf(aws, cluster, role)))
  const [first = 'missing'] = states
  if (states.includes('foreign')) return 'foreign'
  return states.every(state => state === first) ? first : 'incomplete'
}

async function observeProfileOf(aws: Aws, cluster: Cluster, nodes: Role): Promise<State> {
  const iam = await aws.iam()
  const name = profileName(aws.region, cluster.name, nodes)
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
  return hasRole && bounded && document === JSON.stringify(rolePolicy(cluster, nodes))
    ? 'complete'
    : 'incomplete'
}

// A boundary that the inventory does not set was set by someone else: an account may require one on every role.
function isBounded({ permissionsBoundary }: Cluster, role: IamRole | undefined): boolean {
  const actual = role?.PermissionsBoundary?.PermissionsBoundaryArn
  return permissionsBoundary === undefined || actual === permissionsBoundary
}

/** Creates the roles, their policies and the instance profiles, or the parts that an interrupted run did not create. */
export async function createInstanceProfile(aws: Aws, cluster: Cluster, name: string): Promise<string> {
  await Promise.all(roles.map(role => createProfileOf(aws, cluster, role)))
  return name
}

async function createProfileOf(aws: Aws, cluster: Cluster, nodes: Role): Promise<void> {
  const iam = await aws.iam()
  const { name, description, tags } = describeRole(cluster, nodes)
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
        PolicyDocument: JSON.stringify(rolePolicy(cluster, nodes)),
      }),
    ),
    hasRole ? undefined : addRole(aws, name),
  ])
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

/** Deletes the instance profiles and their roles, if they exist and are ours. */
export async function deleteInstanceProfile(aws: Aws, cluster: string): Promise<void> {
  await Promise.all(roles.map(role => deleteProfileOf(aws, cluster, role)))
}

async function deleteProfileOf(aws: Aws, cluster: string, nodes: Role): Promise<void> {
  const iam = await aws.iam()
  const name = profileName(aws.region, cluster, nodes)
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
