import type { AccountView } from './account-view.ts'
import { iamArn, parameterArn, poolArn } from './arns.ts'
import {
  carried,
  created,
  onEach,
  onGroups,
  passRole,
  poolAsks,
  requested,
  startAsks,
} from './asks-of-machines.ts'
import type { AwsRequest } from './aws-call.ts'
import type { Ask } from './policy.ts'
import { membersOf, type Params, tagsFor, tagsIn, valuesOf } from './query.ts'

// The permissions that AWS checks for each call of the product: which actions, on which resources, with which condition
// keys. Unless stated otherwise, the source is the Service Authorization Reference, whose tables list the resource
// types of each action and their condition keys.

type Context = Ask['context']
type Asks = (
  params: Params,
  view: AccountView,
  request: AwsRequest,
) => Promise<readonly Ask[]> | readonly Ask[]

/**
 * The permissions that AWS would check for a call, with the current tags of the resources.
 *
 * @returns an empty list for a call that requires no permission
 */
export async function asksOf(request: AwsRequest, view: AccountView): Promise<readonly Ask[]> {
  const name = `${request.service}:${request.action}`
  // Most read-only calls do not support resource-level permissions.
  const asks = actions[name] ?? (() => [{ action: name, resource: '*', context: {} }])
  return asks(request.params, view, request)
}

const actions: Readonly<Record<string, Asks>> = {
  'autoscaling:CreateAutoScalingGroup': async (params, view) => [
    onPool('CreateAutoScalingGroup', params.AutoScalingGroupName, requested(tagsIn(params, 'Tags'))),
    // Required for the first group of an account.
    {
      action: 'iam:CreateServiceLinkedRole',
      resource: iamArn('role', 'aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling'),
      context: { 'iam:AWSServiceName': 'autoscaling.amazonaws.com' },
    },
    ...(await poolAsks(params, view)),
  ],
  'autoscaling:CreateOrUpdateTags': (params, view) => {
    const names = new Set(membersOf(params, 'Tags').map(({ ResourceId = '' }) => ResourceId))
    const asks = [...names].map(async name => {
      const context = { ...requested(tagsIn(params, 'Tags')), ...carried(await view.tagsOfPool(name)) }
      return onPool('CreateOrUpdateTags', name, context)
    })
    return Promise.all(asks)
  },
  'autoscaling:AttachInstances': async (params, view) => [
    await onPresentPool('AttachInstances', params, view),
  ],
  'autoscaling:DeleteTags': (params, view) => {
    const names = new Set(membersOf(params, 'Tags').map(({ ResourceId = '' }) => ResourceId))
    return Promise.all(
      [...names].map(async name => onPool('DeleteTags', name, carried(await view.tagsOfPool(name)))),
    )
  },
  'autoscaling:DeleteAutoScalingGroup': async (params, view) => [
    await onPresentPool('DeleteAutoScalingGroup', params, view),
  ],
  'autoscaling:PutLifecycleHook': async (params, view) => [
    await onPresentPool('PutLifecycleHook', params, view),
  ],
  'autoscaling:TerminateInstanceInAutoScalingGroup': async ({ InstanceId = '' }, view) => {
    const name = (await view.tagsOf(InstanceId))['aws:autoscaling:groupName'] ?? ''
    return [await onPresentPool('TerminateInstanceInAutoScalingGroup', { AutoScalingGroupName: name }, view)]
  },
  'autoscaling:UpdateAutoScalingGroup': async (params, view) => [
    await onPresentPool('UpdateAutoScalingGroup', params, view),
    ...(await poolAsks(params, view)),
  ],

  // The rules of a security group are checked only if they get tags of their own.
  'ec2:AuthorizeSecurityGroupIngress': onNamed('AuthorizeSecurityGroupIngress', 'GroupId'),
  'ec2:CreateLaunchTemplate': params =>
    created('CreateLaunchTemplate', 'launch-template', tagsFor(params, 'launch-template')),
  'ec2:CreateLaunchTemplateVersion': async (params, view) => {
    const found = await view.template({ id: params.LaunchTemplateId, name: params.LaunchTemplateName })
    return onEach('CreateLaunchTemplateVersion', [found?.id ?? 'lt-'], view)
  },
  'ec2:CreateNetworkInterface': async (params, view) => [
    ...created('CreateNetworkInterface', 'network-interface', tagsFor(params, 'network-interface')),
    ...(await onEach('CreateNetworkInterface', [params.SubnetId ?? ''], view)),
    ...(await onGroups('CreateNetworkInterface', valuesOf(params, 'SecurityGroupId'), view)),
  ],
  'ec2:CreateSecurityGroup': async (params, view) => [
    ...created('CreateSecurityGroup', 'security-group', tagsFor(params, 'security-group')),
    ...(await onEach('CreateSecurityGroup', [params.VpcId ?? ''], view)),
  ],
  'ec2:CreateTags': (params, view) =>
    onEach('CreateTags', valuesOf(params, 'ResourceId'), view, requested(tagsIn(params))),
  'ec2:DeleteLaunchTemplate': onNamed('DeleteLaunchTemplate', 'LaunchTemplateId'),
  'ec2:DeleteNetworkInterface': onNamed('DeleteNetworkInterface', 'NetworkInterfaceId'),
  'ec2:DeleteSecurityGroup': onNamed('DeleteSecurityGroup', 'GroupId'),
  'ec2:DescribeInstanceAttribute': onNamed('DescribeInstanceAttribute', 'InstanceId'),
  'ec2:GetConsoleOutput': onNamed('GetConsoleOutput', 'InstanceId'),
  'ec2:ModifyInstanceAttribute': onNamed('ModifyInstanceAttribute', 'InstanceId'),
  'ec2:ModifyNetworkInterfaceAttribute': async (params, view) => {
    const id = params.NetworkInterfaceId ?? ''
    const { SubnetId, Attachment } = (await view.networkInterface(id)) ?? {}
    // The reference does not state when these are checked; they are always checked here.
    const others = [SubnetId, Attachment?.InstanceId].filter(other => other !== undefined)
    const groups = valuesOf(params, 'SecurityGroupId')
    return onEach('ModifyNetworkInterfaceAttribute', [id, ...others, ...groups], view)
  },
  'ec2:RevokeSecurityGroupIngress': onNamed('RevokeSecurityGroupIngress', 'GroupId'),
  'ec2:RunInstances': startAsks,
  'ec2:StartInstances': (params, view) => onEach('StartInstances', valuesOf(params, 'InstanceId'), view),
  'ec2:StopInstances': (params, view) => onEach('StopInstances', valuesOf(params, 'InstanceId'), view),
  'ec2:TerminateInstances': (params, view) =>
    onEach('TerminateInstances', valuesOf(params, 'InstanceId'), view),

  // Adding a role to a profile requires the permission to pass it (IAM API reference, AddRoleToInstanceProfile).
  'iam:AddRoleToInstanceProfile': params => [
    onProfile('AddRoleToInstanceProfile', params),
    passRole(iamArn('role', params.RoleName ?? '')),
  ],
  'iam:CreateInstanceProfile': params => {
    const tags = requested(tagsIn(params, 'Tags'))
    return [onProfile('CreateInstanceProfile', params, tags), onProfile('TagInstanceProfile', params, tags)]
  },
  'iam:CreateRole': params => {
    const tags = requested(tagsIn(params, 'Tags'))
    const context = { ...tags, ...bounded(params.PermissionsBoundary) }
    return [onRole('CreateRole', params, context), onRole('TagRole', params, tags)]
  },
  'iam:DeleteInstanceProfile': params => [onProfile('DeleteInstanceProfile', params)],
  'iam:DeleteRole': onBoundedRole('DeleteRole'),
  'iam:DeleteRolePolicy': onBoundedRole('DeleteRolePolicy'),
  'iam:GetInstanceProfile': params => [onProfile('GetInstanceProfile', params)],
  'iam:GetRole': params => [onRole('GetRole', params)],
  'iam:GetRolePolicy': params => [onRole('GetRolePolicy', params)],
  // For this call, the condition key is the requested boundary.
  'iam:PutRolePermissionsBoundary': params => [
    onRole('PutRolePermissionsBoundary', params, bounded(params.PermissionsBoundary)),
  ],
  'iam:PutRolePolicy': onBoundedRole('PutRolePolicy'),
  'iam:RemoveRoleFromInstanceProfile': params => [onProfile('RemoveRoleFromInstanceProfile', params)],

  's3:DeleteObject': params => [onStored('DeleteObject', params)],
  's3:GetObjectTagging': params => [onStored('GetObjectTagging', params)],
  // S3 has one permission for both calls.
  's3:HeadBucket': onBucket('ListBucket'),
  's3:ListObjectsV2': onBucket('ListBucket'),
  's3:PutObject': (params, _view, { headers }) => [
    onStored('PutObject', params),
    ...(headers['x-amz-tagging'] === undefined ? [] : [onStored('PutObjectTagging', params)]),
  ],

  'ssm:GetParameters': params =>
    valuesOf(params, 'Names').map(name => ({
      action: 'ssm:GetParameters',
      resource: parameterArn(name),
      context: {},
    })),

  'sts:GetCallerIdentity': () => [],
}

/** The permissions for the EC2 resource in a parameter. */
function onNamed(action: string, parameter: string): Asks {
  return (params, view) => onEach(action, [params[parameter] ?? ''], view)
}

function onPool(action: string, name = '', context: Context = {}): Ask {
  return { action: `autoscaling:${action}`, resource: poolArn(name), context }
}

async function onPresentPool(
  action: string,
  { AutoScalingGroupName: name = '' }: Params,
  view: AccountView,
): Promise<Ask> {
  return onPool(action, name, carried(await view.tagsOfPool(name)))
}

function onRole(action: string, { RoleName = '' }: Params, context: Context = {}): Ask {
  return { action: `iam:${action}`, resource: iamArn('role', RoleName), context }
}

/** The permissions for a role with its boundary. */
function onBoundedRole(action: string): Asks {
  return async (params, view) => [
    onRole(action, params, bounded(await view.boundaryOf(params.RoleName ?? ''))),
  ]
}

function bounded(boundary: string | undefined): Context {
  return boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }
}

function onProfile(action: string, { InstanceProfileName = '' }: Params, context: Context = {}): Ask {
  return { action: `iam:${action}`, resource: iamArn('instance-profile', InstanceProfileName), context }
}

function onStored(action: string, { Bucket, Key }: Params): Ask {
  return { action: `s3:${action}`, resource: `arn:aws:s3:::${Bucket}/${Key}`, context: {} }
}

function onBucket(action: string): Asks {
  return ({ Bucket }) => [{ action: `s3:${action}`, resource: `arn:aws:s3:::${Bucket}`, context: {} }]
}
