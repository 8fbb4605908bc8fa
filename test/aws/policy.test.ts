import { readFileSync } from 'node:fs'
import test from 'ava'
import { rolePolicy } from '../../scripts/targets/ec2/instance-profile.ts'
import { arnOfId, ec2Arn, iamArn, parameterArn, poolArn } from '../harness/arns.ts'
import { type Ask, allows, documentedPolicy, forCluster, type Policy } from '../harness/policy.ts'
import { clusterOf, sampleInventory } from '../harness/sample.ts'

const policy = documentedPolicy('Permissions')
const boundary = documentedPolicy('Permissions boundary')

const ours = { 'aws:ResourceTag/mesos-bakery:cluster': 'demo' }
const theirs = { 'aws:ResourceTag/owner': 'somebody' }
const requested = { 'aws:RequestTag/mesos-bakery:cluster': 'demo' }
const role = iamArn('role', 'mesos-bakery-us-east-1-demo')
const boundTo = (arn: string) => ({ 'iam:PermissionsBoundary': arn })
const bound = boundTo('arn:aws:iam::123456789012:policy/mesos-bakery-machines')
const passed = { 'iam:PassedToService': 'ec2.amazonaws.com' }
const group = poolArn('demo-web')

function ask(action: string, resource: string, context: Ask['context'] = {}): Ask {
  return { action, resource, context }
}

test('existing resources may be changed and deleted only if they have our tag', t => {
  const changes = [
    ['ec2:TerminateInstances', arnOfId('i-1')],
    ['ec2:ModifyInstanceAttribute', arnOfId('i-1')],
    ['ec2:StopInstances', arnOfId('i-1')],
    ['ec2:StartInstances', arnOfId('i-1')],
    ['ec2:DescribeInstanceAttribute', arnOfId('i-1')],
    ['ec2:GetConsoleOutput', arnOfId('i-1')],
    ['ec2:DeleteNetworkInterface', arnOfId('eni-1')],
    ['ec2:ModifyNetworkInterfaceAttribute', arnOfId('eni-1')],
    ['ec2:DeleteLaunchTemplate', arnOfId('lt-1')],
    ['ec2:CreateLaunchTemplateVersion', arnOfId('lt-1')],
    ['ec2:RunInstances', arnOfId('lt-1')],
    ['ec2:DeleteSecurityGroup', arnOfId('sg-1')],
    ['ec2:AuthorizeSecurityGroupIngress', arnOfId('sg-1')],
    ['ec2:RevokeSecurityGroupIngress', arnOfId('sg-1')],
    ['ec2:CreateTags', arnOfId('vol-1')],
    ['autoscaling:UpdateAutoScalingGroup', group],
    ['autoscaling:TerminateInstanceInAutoScalingGroup', group],
    ['autoscaling:DeleteAutoScalingGroup', group],
    ['autoscaling:CreateOrUpdateTags', group],
    ['autoscaling:DeleteTags', group],
    ['autoscaling:AttachInstances', group],
    ['autoscaling:PutLifecycleHook', group],
  ] as const
  for (const [action, resource] of changes) {
    t.true(allows(policy, ask(action, resource, ours)), action)
    t.false(allows(policy, ask(action, resource)), action)
    // A tag in the request is not a tag of the resource.
    t.false(allows(policy, ask(action, resource, { ...theirs, ...requested })), action)
  }
})

test('resources must be tagged with our tag in the call that creates them', t => {
  const creations = [
    ['ec2:RunInstances', ec2Arn('instance')],
    ['ec2:RunInstances', ec2Arn('volume')],
    ['ec2:CreateSecurityGroup', ec2Arn('security-group')],
    ['ec2:CreateLaunchTemplate', ec2Arn('launch-template')],
    ['ec2:CreateNetworkInterface', ec2Arn('network-interface')],
    ['autoscaling:CreateAutoScalingGroup', group],
  ] as const
  for (const [action, resource] of creations) {
    t.true(allows(policy, ask(action, resource, requested)), action)
    t.false(allows(policy, ask(action, resource)), action)
    t.false(allows(policy, ask(action, resource, { 'aws:RequestTag/owner': 'somebody' })), action)
  }
})

const by = (action: string) => ({ ...requested, 'ec2:CreateAction': action })

const facts: readonly (readonly [fact: string, allowed: boolean, ask: Ask])[] = [
  ['tagging what the call creates', true, ask('ec2:CreateTags', ec2Arn('instance'), by('RunInstances'))],
  ['tagging what another call creates', false, ask('ec2:CreateTags', ec2Arn('volume'), by('CreateVolume'))],
  [
    'creating with other tags alone',
    false,
    ask('ec2:CreateTags', ec2Arn('instance'), {
      'ec2:CreateAction': 'RunInstances',
      'aws:RequestTag/a': 'b',
    }),
  ],
  ['removing tags', false, ask('ec2:DeleteTags', arnOfId('i-1'), ours)],

  ['passing our role to EC2', true, ask('iam:PassRole', role, passed)],
  ['passing another role', false, ask('iam:PassRole', iamArn('role', 'admin'), passed)],
  [
    'passing our role to another service',
    false,
    ask('iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' }),
  ],
  ['making a role with the boundary', true, ask('iam:CreateRole', role, bound)],
  ['making a role without one', false, ask('iam:CreateRole', role)],
  [
    'making a role with another boundary',
    false,
    ask('iam:CreateRole', role, boundTo('arn:aws:iam::aws:policy/AdministratorAccess')),
  ],
  ['making a role of another name', false, ask('iam:CreateRole', iamArn('role', 'admin'), bound)],
  ['writing the policy of a bounded role', true, ask('iam:PutRolePolicy', role, bound)],
  ['writing the policy of another role of ours', false, ask('iam:PutRolePolicy', role)],
  ['writing the policy of somebody’s role', false, ask('iam:PutRolePolicy', iamArn('role', 'admin'), bound)],
  ['deleting the policy of an unbounded role', false, ask('iam:DeleteRolePolicy', role)],
  [
    'changing the boundary to another',
    false,
    ask('iam:PutRolePermissionsBoundary', role, boundTo('arn:aws:iam::aws:policy/AdministratorAccess')),
  ],
  ['removing the boundary', false, ask('iam:DeleteRolePermissionsBoundary', role, bound)],
  ['attaching a policy', false, ask('iam:AttachRolePolicy', role, bound)],
  ['changing who may take the role', false, ask('iam:UpdateAssumeRolePolicy', role, bound)],
  ['deleting somebody’s role', false, ask('iam:DeleteRole', iamArn('role', 'admin'))],
  [
    'making the role of another service',
    false,
    ask('iam:CreateServiceLinkedRole', iamArn('role', 'aws-service-role/ecs.amazonaws.com/x'), {
      'iam:AWSServiceName': 'ecs.amazonaws.com',
    }),
  ],

  ['storing user-data', true, ask('s3:PutObject', 'arn:aws:s3:::b/mesos-bakery/demo/1.yaml')],
  ['deleting what else is in a bucket', false, ask('s3:DeleteObject', 'arn:aws:s3:::b/other/1.yaml')],
  ['reading stored user-data', false, ask('s3:GetObject', 'arn:aws:s3:::b/mesos-bakery/demo/1.yaml')],
  ['looking up other parameters', false, ask('ssm:GetParameters', parameterArn('/secrets/password'))],
]

for (const [fact, allowed, one] of facts) {
  test(`${fact} is ${allowed ? 'allowed' : 'denied'}`, t => t.is(allows(policy, one), allowed))
}

test('a policy for a single cluster allows nothing for others, including moving resources between clusters', t => {
  const own = forCluster(policy, 'demo')
  const other = forCluster(policy, 'other')
  const move = { ...ours, 'aws:RequestTag/mesos-bakery:cluster': 'other' }
  for (const [action, resource] of [
    ['ec2:CreateTags', arnOfId('i-1')],
    ['autoscaling:CreateOrUpdateTags', group],
  ] as const) {
    t.true(allows(own, ask(action, resource, { ...ours, 'aws:RequestTag/owner': 'me' })))
    t.true(allows(own, ask(action, resource, { ...ours, ...requested })))
    t.false(allows(own, ask(action, resource, move)))
    t.false(allows(other, ask(action, resource, move)))
  }
  t.false(allows(other, ask('ec2:TerminateInstances', arnOfId('i-1'), ours)))
  t.false(allows(other, ask('ec2:RunInstances', ec2Arn('instance'), requested)))
  t.false(allows(other, ask('iam:PassRole', role, passed)))
})

test('the boundary allows only what machines require', t => {
  t.true(allows(boundary, ask('ec2:DescribeInstances', '*')))
  t.true(allows(boundary, ask('s3:GetObject', 'arn:aws:s3:::b/mesos-bakery/demo/1.yaml')))
  t.false(allows(boundary, ask('s3:GetObject', 'arn:aws:s3:::b/other')))
  t.false(allows(boundary, ask('s3:PutObject', 'arn:aws:s3:::b/mesos-bakery/demo/1.yaml')))
  t.false(allows(boundary, ask('iam:PassRole', role, passed)))
})

const answers = ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat']
const looks = ['AutoScalingGroups', 'LifecycleHooks', 'ScalingActivities'].map(
  what => `autoscaling:Describe${what}`,
)

test('leaders may answer the hooks of their own pools only, and followers may not look at pools', t => {
  const cluster = clusterOf(sampleInventory(3).replace('cluster: c1', 'cluster: demo'))
  const [leader, follower] = (['leader', 'follower'] as const).map(
    one => JSON.parse(JSON.stringify(rolePolicy(cluster, one))) as Policy,
  )
  if (leader === undefined || follower === undefined) throw new Error('a role has no policy')
  const here = { 'aws:RequestedRegion': 'us-east-1' }
  const other = { 'aws:ResourceTag/mesos-bakery:cluster': 'other' }
  for (const by of [leader, boundary]) {
    for (const action of looks) t.true(allows(by, ask(action, '*', here)), action)
    for (const action of answers) {
      t.true(allows(by, ask(action, group, { ...here, ...ours })), action)
      t.false(allows(by, ask(action, group, here)), action)
    }
  }
  for (const action of answers) t.false(allows(leader, ask(action, group, { ...here, ...other })), action)
  for (const action of [...looks, ...answers]) {
    t.false(allows(follower, ask(action, group, { ...here, ...ours })), action)
  }
  for (const by of [leader, follower]) t.true(allows(by, ask('ec2:DescribeInstances', '*', here)))
})

test('the policy is below the size limit, and each of its statements is explained', t => {
  // IAM quotas: the size of a managed policy, without white space.
  t.true(JSON.stringify(policy).length <= 6_144)
  const page = readFileSync('docs/aws.md', 'utf8')
  const [, table = ''] = /\n(\| statements \|[\s\S]*?)\n\n/.exec(page) ?? []
  t.deepEqual(
    [...table.matchAll(/`([A-Z]\w+)`/g)]
      .map(([, sid]) => sid)
      .filter(sid => sid !== 'RunInstances')
      .sort(),
    policy.Statement.map(({ Sid }) => Sid).sort(),
  )
})
