import { type AccountView, fromTags, type Tags } from './account-view.ts'
import { arnOfId, ec2Arn, imageArn } from './arns.ts'
import type { Ask } from './policy.ts'
import { type Params, tagsFor, valuesOf } from './query.ts'

type Context = Ask['context']

/** The permissions for existing EC2 resources, each with its tags. */
export function onEach(
  action: string,
  ids: readonly string[],
  view: AccountView,
  context: Context = {},
): Promise<readonly Ask[]> {
  const asks = ids.map(async id => ({
    action: `ec2:${action}`,
    resource: arnOfId(id),
    context: { ...context, ...carried(await view.tagsOf(id)) },
  }))
  return Promise.all(asks)
}

/** The permissions for the security groups of a call. If it names none, the default group of the VPC applies. */
export async function onGroups(
  action: string,
  ids: readonly string[],
  view: AccountView,
): Promise<readonly Ask[]> {
  const unnamed = { action: `ec2:${action}`, resource: ec2Arn('security-group'), context: {} }
  return ids.length === 0 ? [unnamed] : onEach(action, ids, view)
}

/** The permissions for a resource that a call creates. Its tags require a separate permission. */
export function created(action: string, type: string, tags: Tags): readonly Ask[] {
  const resource = ec2Arn(type)
  const context = requested(tags)
  const create = { action: `ec2:${action}`, resource, context }
  if (Object.keys(tags).length === 0) return [create]
  return [create, { action: 'ec2:CreateTags', resource, context: { ...context, 'ec2:CreateAction': action } }]
}

/** The permission to pass the role of a profile to an instance. */
export function passRole(resource: string): Ask {
  return { action: 'iam:PassRole', resource, context: { 'iam:PassedToService': 'ec2.amazonaws.com' } }
}

/** The permissions that EC2 checks for RunInstances. */
export function startAsks(params: Params, view: AccountView): Promise<readonly Ask[]> {
  const subnets = params.SubnetId === undefined ? [] : [params.SubnetId]
  return machineAsks(params, subnets, view)
}

/**
 * The permissions that Auto Scaling checks when a group gets a launch template: the caller must be allowed to start
 * such instances (Auto Scaling user guide, "Amazon EC2 Auto Scaling API permissions").
 */
export function poolAsks(params: Params, view: AccountView): Promise<readonly Ask[]> {
  const subnets = (params.VPCZoneIdentifier ?? '').split(',').filter(id => id !== '')
  const template = Object.entries(params).filter(([name]) => name.startsWith('LaunchTemplate.'))
  // The group keeps its launch template.
  if (template.length === 0) return Promise.resolve([])
  return machineAsks(Object.fromEntries(template), subnets, view)
}

async function machineAsks(
  params: Params,
  subnets: readonly string[],
  view: AccountView,
): Promise<readonly Ask[]> {
  const id = params['LaunchTemplate.LaunchTemplateId']
  const name = params['LaunchTemplate.LaunchTemplateName']
  const template = await view.template({ id, name, version: params['LaunchTemplate.Version'] })
  const data = template?.data ?? {}
  const tagsOf = (type: string) => {
    const spec = data.TagSpecifications?.find(({ ResourceType }) => ResourceType === type)
    return { ...fromTags(spec?.Tags), ...tagsFor(params, type) }
  }
  const given = params['NetworkInterface.1.NetworkInterfaceId']
  const seat = given === undefined ? undefined : await view.networkInterface(given)
  const own = valuesOf(params, 'SecurityGroupId')
  const groups =
    seat?.Groups?.map(({ GroupId = '' }) => GroupId) ?? (own.length > 0 ? own : (data.SecurityGroupIds ?? []))
  const key = params.KeyName ?? data.KeyName
  const profile = params['IamInstanceProfile.Name'] ?? data.IamInstanceProfile?.Name
  const roles = profile === undefined ? [] : await view.rolesIn(profile)
  const image = params.ImageId ?? data.ImageId ?? ''
  // For an existing network interface, the tags are not condition keys.
  const untagged = [
    ec2Arn('network-interface', given),
    imageArn(image),
    ...(key ? [ec2Arn('key-pair', key)] : []),
  ]
  return [
    ...created('RunInstances', 'instance', tagsOf('instance')),
    ...created('RunInstances', 'volume', tagsOf('volume')),
    ...untagged.map(resource => ({ action: 'ec2:RunInstances', resource, context: {} })),
    ...(await onEach('RunInstances', template === undefined ? [] : [template.id], view)),
    ...(await onEach('RunInstances', seat?.SubnetId === undefined ? subnets : [seat.SubnetId], view)),
    ...(await onGroups('RunInstances', groups, view)),
    ...roles.map(passRole),
  ]
}

/** The condition keys for the tags in a request. */
export function requested(tags: Tags): Context {
  return keyed('aws:RequestTag', tags)
}

/** The condition keys for the tags of a resource. */
export function carried(tags: Tags): Context {
  return keyed('aws:ResourceTag', tags)
}

function keyed(prefix: string, tags: Tags): Context {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]))
}
