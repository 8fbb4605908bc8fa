import { CreateKeyPairCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import anyTest, { type TestFn } from 'ava'
import { clientConfig } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { completeDrains } from '../harness/completed-drains.ts'
import { starved } from '../harness/faults.ts'
import { inventoryOf, inventoryText, startTrial } from '../harness/launched.ts'
import {
  type Ask,
  allows,
  documentedPolicy,
  forCluster,
  type Policy,
  partsOf,
  without,
} from '../harness/policy.ts'
import { watch } from '../harness/watched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const policy = documentedPolicy('Permissions')
const bounded = 'permissions_boundary: arn:aws:iam::123456789012:policy/mesos-bakery-machines\n'

/** An inventory, a command line, and the expected exit code. */
type Run = readonly [text: string, line: string, code?: number]

/** Runs commands, and returns the permissions that AWS would have checked for their calls, and the problems. */
async function watchRuns(cloud: Cloud, cluster: string, runs: readonly Run[]) {
  const watched = watch(cloud.proxy)
  const failed: string[] = []
  for (const [text, line, code = 0] of runs) {
    const [command = '', ...args] = line.split(' ')
    const ran = await startTrial(cloud, cluster, text).run(command, args)
    if (ran.code !== code) failed.push(`${line}: ${ran.code}\n${ran.stderr}`)
  }
  watched.stop()
  return { asks: watched.asks, failed: [...failed, ...watched.unknown] }
}

function denied(by: Policy, asks: readonly Ask[]): readonly Ask[] {
  return asks.filter(ask => !allows(by, ask))
}

// All permissions that were checked in this file.
const asked: Ask[] = []

/** Runs commands, and returns the problems and the permissions that the policy would have denied. */
async function troubleOf(cloud: Cloud, cluster: string, runs: readonly Run[]): Promise<readonly unknown[]> {
  const { asks, failed } = await watchRuns(cloud, cluster, runs)
  asked.push(...asks)
  return [...failed, ...denied(policy, asks)]
}

test('the policy allows everything that is required to launch, change and destroy a cluster', async t => {
  const { ec2, account, proxy } = t.context
  t.teardown(completeDrains(t.context))
  const own = { GroupName: 'own', Description: 'of the user', VpcId: account.vpc }
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand(own))
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'k' }))

  const text = inventoryText(t.context, 'needs', bounded).replaceAll('subnets:', 'key_name: k, subnets:')
  t.deepEqual(await troubleOf(t.context, 'needs', [[text, 'launch --yes']]), [])
  const { pools } = await inventoryOf(t.context, 'needs')
  const follower = pools[0]?.Instances?.[0]?.InstanceId
  const grouped = text.replaceAll('key_name: k', `key_name: k, security_groups: [${GroupId}]`)
  const tagged = `${grouped}tags: { owner: somebody }\n`
  const ported = `${tagged}vars: { mesos_follower_port: 5061 }\n`
  const renamed = ported.replace('web:', 'front:')
  const trouble = await troubleOf(t.context, 'needs', [
    [text, 'launch --yes'],
    [text, `replace --yes --node ${follower}`],
    [text, 'render --diff'],
    [text, 'launch --yes --followers web=3'],
    [text, 'replace --yes --node needs-leader-2'],
    [
      `${text}vars: { mesos_leader_options: { max_completed_tasks_per_framework: 5 } }\n`,
      'replace --yes --keep-disk --node needs-leader-2',
    ],
    [grouped, 'launch --yes'],
    [tagged, 'launch --yes'],
    [ported, 'launch --yes'],
    [ported, 'roll --yes --pool needs-web'],
    [renamed, 'launch --yes --prune'],
    [renamed, 'destroy --yes'],
  ])
  t.deepEqual(trouble, [])

  // The activities of a pool are queried only if it lacks machines.
  const clear = proxy.fault(starved('no room'))
  t.deepEqual(await troubleOf(t.context, 'needs', [[text, 'launch --yes --timeout 1s', 1]]), [])
  clear()
  t.deepEqual(await troubleOf(t.context, 'needs', [[text, 'destroy --yes']]), [])
})

test('status, logs, shell and open require only the statements Look and ReadConsoles', async t => {
  const read = ['Look', 'ReadConsoles']
  const look = { ...policy, Statement: policy.Statement.filter(({ Sid = '' }) => read.includes(Sid)) }
  const text = inventoryText(t.context, 'seen', bounded)
  t.deepEqual(await troubleOf(t.context, 'seen', [[text, 'launch --yes']]), [])
  const { asks, failed } = await watchRuns(t.context, 'seen', [
    [text, 'status'],
    [text, 'logs --boot --node seen-leader-1'],
    // The report of a leader on the console contains no host key.
    [`${text}ssh: { user: admin }\n`, 'shell --node seen-leader-1', 1],
    [`${text}ssh: { user: admin }\n`, 'open', 1],
  ])
  t.deepEqual(failed, [])
  t.true(asks.length > 0)
  t.deepEqual(denied(look, asks), [])
  t.deepEqual(await troubleOf(t.context, 'seen', [[text, 'destroy --yes']]), [])
})

test('the policy allows storing user data in S3', async t => {
  const s3 = new S3Client(clientConfig(t.context.proxy.url))
  await s3.send(new CreateBucketCommand({ Bucket: 'needed' }))
  const text = inventoryText(t.context, 'stored', `user_data_bucket: needed\n${bounded}`)
  const trouble = await troubleOf(t.context, 'stored', [
    [text, 'launch --yes --fit s3'],
    [text, 'destroy --yes'],
  ])
  t.deepEqual(trouble, [])
})

test('the policy denies a role without the boundary, and allows adding the boundary to an existing role', async t => {
  const free = inventoryText(t.context, 'unbound')
  const { asks, failed } = await watchRuns(t.context, 'unbound', [[free, 'launch --yes']])
  t.deepEqual(failed, [])
  t.deepEqual(
    new Set(denied(policy, asks).map(({ action }) => action)),
    new Set(['iam:CreateRole', 'iam:PutRolePolicy']),
  )
  const trouble = await troubleOf(t.context, 'unbound', [
    [`${free}${bounded}`, 'launch --yes'],
    [`${free}${bounded}`, 'destroy --yes'],
  ])
  t.deepEqual(trouble, [])
})

test('a policy for a single cluster allows the same for it, and no changes to others', async t => {
  const runs = [
    [inventoryText(t.context, 'mine', bounded), 'launch --yes'],
    [inventoryText(t.context, 'mine', bounded), 'destroy --yes'],
  ] as const
  const { asks, failed } = await watchRuns(t.context, 'mine', runs)
  t.deepEqual(failed, [])
  t.deepEqual(denied(forCluster(policy, 'mine'), asks), [])
  const changes = /:(Authorize|Delete|Modify|Put|Revoke|Terminate)/
  t.deepEqual(
    asks
      .filter(ask => changes.test(ask.action) && allows(forCluster(policy, 'other'), ask))
      .map(({ action }) => action),
    [],
  )
})

test('every action and every resource in the policy is required', t => {
  const distinct = [...new Set(asked.map(ask => JSON.stringify(ask)))].map((ask): Ask => JSON.parse(ask))
  const spare = partsOf(policy).filter(part => denied(without(policy, part), distinct).length === 0)
  t.deepEqual(spare, [
    // For users who allow only certain security groups in JoinNetworks: those of the cluster are found by their tag.
    'UseAndChangeWhatHasOurTag: ec2:CreateNetworkInterface',
  ])
})
