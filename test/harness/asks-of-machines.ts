import { type AccountView, fromTags, type Tags } from './account-view.ts'
import { arnOfId, ec2Arn, imageArn } from './arns.ts'
import type { Ask } from './policy.ts'
import { type Params, tagsFor, valuesOf } from './query.ts'

type Context = Ask['context']

/** What is checked of things of EC2 that are there: each with its tags. */
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

/** What is checked of the security groups that a call names; it means the VPC's own when it names none. */
export async function onGroups(
  action: string,
  ids: readonly string[],
  view: AccountView,
): Promise<readonly Ask[]> {
  const unnamed = { action: `ec2:${action}`, resource: ec2Arn('security-group'), context: {} }
  return ids.length === 0 ? [unnamed] : onEach(action, ids, view)
}

/** What is checked of something that a call makes. Its tags need a permission of their own. */
export function created(action: string, type: string, tags: Tags): readonly Ask[] {
  const resource = ec2Arn(type)
  const context = requested(tags)
  const create = { action: `ec2:${action}`, resource, context }
  if (Object.keys(tags).length === 0) return [create]
  return [create, { action: 'ec2:CreateTags', resource, context: { ...context, 'ec2:CreateAction': action } }]
}

/** The role of a profile is handed to a machine. */
export function passRole(resource: string): Ask {
  return { action: 'iam:PassRole', resource, context: { 'iam:PassedToService': 'ec2.amazonaws.com' } }
}

/** What EC2 checks for RunInstances. */
export function startAsks(params: Params, view: AccountView): Promise<readonly Ask[]> {
  const subnets = params.SubnetId === undefined ? [] : [params.SubnetId]
  return machineAsks(params, subnets, view)
}

/**
 * What Auto Scaling checks when a group is given a launch template: that its caller may start such machines
 * (Auto Scaling user guide, "Amazon EC2 Auto Scaling API permissions").
 */
export function poolAsks(params: Params, view: AccountView): Promise<readonly Ask[]> {
  const subnets = (params.VPCZoneIdentifier ?? '').split(',').filter(id => id !== '')
  const template = Object.entries(params).filter(([name]) => name.startsWith('LaunchTemplate.'))
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
  // Of a network interface that exists the tags aren't among the keys.
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

/** The keys for tags that a request gives. */
export function requested(tags: Tags): Context {
  return keyed('aws:RequestTag', tags)
}

/** The keys for tags that a resource has. */
export function carried(tags: Tags): Context {
  return keyed('aws:ResourceTag', tags)
}

function keyed(prefix: string, tags: Tags): Context {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]))
}
