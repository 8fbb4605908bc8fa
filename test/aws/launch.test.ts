import {
  DeleteAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  CreateSecurityGroupCommand,
  DeleteLaunchTemplateCommand,
  DescribeInstanceAttributeCommand,
  DescribeLaunchTemplateVersionsCommand,
} from '@aws-sdk/client-ec2'
import { GetRolePolicyCommand } from '@aws-sdk/client-iam'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { delay } from '../harness/faults.ts'
import { endLeader, inventoryOf, inventoryText, seatsOf, startTrial } from '../harness/launched.ts'
import { sequentialRoundTrips } from '../harness/round-trips.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const creates =
  /^(RunInstances|Create(?!Tags)\w+|AuthorizeSecurityGroupIngress|PutRolePolicy|AddRoleToInstanceProfile)$/
const writes = /^(RunInstances|Create|Authorize|Revoke|Put|Add|Update|Modify|Delete|Terminate|Remove)/

test('launch, launch again, grow, change, status, destroy', async t => {
  const { proxy, ec2 } = t.context
  const trial = startTrial(t.context, 'whole')

  const launch = await trial.run('launch', ['--leaders', '3', '--yes', '--json'])
  t.is(launch.code, 0, launch.stderr)
  const launched = JSON.parse(launch.stdout)
  t.is(launched.running, 3)
  const there = await inventoryOf(t.context, 'whole')
  t.deepEqual(seatsOf(there.leaders), ['1', '2', '3'])
  t.deepEqual(there.pools.map(pool => [pool.AutoScalingGroupName, pool.Instances?.length]).sort(), [
    ['whole-batch', 1],
    ['whole-web', 2],
  ])

  // Machines run the same bytes that render prints.
  const rendered = JSON.parse((await trial.run('render', ['--json'])).stdout)
  for (const [index, machine] of there.leaders
    .sort((a, b) => seatsOf([a])[0]?.localeCompare(seatsOf([b])[0] ?? '') ?? 0)
    .entries()) {
    const { UserData } = await ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId: machine.InstanceId, Attribute: 'userData' }),
    )
    t.is(Buffer.from(UserData?.Value ?? '', 'base64').toString(), rendered.nodes[index].userData)
    t.is(machine.MetadataOptions?.HttpTokens, 'required')
  }
  const { LaunchTemplateVersions: [web] = [] } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'whole-web', Versions: ['$Latest'] }),
  )
  t.is(Buffer.from(web?.LaunchTemplateData?.UserData ?? '', 'base64').toString(), rendered.nodes[3].userData)
  const data = web?.LaunchTemplateData
  t.true(data?.BlockDeviceMappings?.[0]?.Ebs?.Encrypted)
  t.deepEqual(
    [data?.MetadataOptions?.HttpTokens, data?.MetadataOptions?.HttpPutResponseHopLimit],
    ['required', 1],
  )
  t.deepEqual(
    data?.TagSpecifications?.map(({ ResourceType }) => ResourceType),
    ['instance', 'volume'],
  )
  const { PolicyDocument = '' } = await t.context.iam.send(
    new GetRolePolicyCommand({ RoleName: 'mesos-bakery-us-east-1-whole', PolicyName: 'consul-auto-join' }),
  )
  const [statement] = JSON.parse(decodeURIComponent(PolicyDocument)).Statement
  t.deepEqual(statement, {
    Effect: 'Allow',
    Action: 'ec2:DescribeInstances',
    Resource: '*',
    Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
  })

  // Only the two roles have access.
  for (const { IpPermissions = [] } of there.groups) {
    for (const { IpRanges, Ipv6Ranges, UserIdGroupPairs = [] } of IpPermissions) {
      t.deepEqual([IpRanges ?? [], Ipv6Ranges ?? []], [[], []])
      for (const { GroupId } of UserIdGroupPairs)
        t.true(there.groups.some(group => group.GroupId === GroupId))
    }
  }

  // The second run has nothing to do and writes nothing.
  let before = proxy.calls.length
  const again = await trial.run('launch', ['--yes', '--json'])
  t.is(again.code, 0, again.stderr)
  t.deepEqual(JSON.parse(again.stdout).steps, [])
  t.deepEqual(
    proxy.calls.slice(before).filter(({ action }) => writes.test(action)),
    [],
  )

  // A larger pool and a different variable: the pool is changed in place, and the leaders that are out of date are
  // listed.
  const grown = await trial.run('launch', [
    '--followers',
    'web=3:5',
    '--set',
    'mesos_executor_registration_timeout=5mins',
    '--yes',
    '--json',
  ])
  t.is(grown.code, 0, grown.stderr)
  const plan = JSON.parse(grown.stdout)
  t.deepEqual(
    plan.steps.map(({ id }: { id: string }) => id),
    ['launch template whole-web', 'launch template whole-batch', 'pool whole-web'],
  )
  const old = plan.outOfDate.map(({ name }: { name: string }) => name)
  t.deepEqual(old, ['whole-web', 'whole-web', 'whole-batch'])
  const after = await inventoryOf(t.context, 'whole')
  t.deepEqual(seatsOf(after.leaders), ['1', '2', '3'])
  const pool = after.pools.find(({ AutoScalingGroupName }) => AutoScalingGroupName === 'whole-web')
  t.deepEqual([pool?.MinSize, pool?.MaxSize, pool?.DesiredCapacity, pool?.Instances?.length], [3, 5, 3, 3])

  const status = await trial.run('status')
  t.is(status.code, 0, status.stderr)
  t.regex(status.stdout, /^whole: 3 of 3 leaders running, quorum 2\n/)
  t.regex(
    status.stdout,
    /whole-leader-2 +i-[0-9a-f]+ +running +10\.20\.1[67]\.\d+ +3 servers +follower +master +up +0\n/,
  )

  // Resources of others are left alone.
  const foreign = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'mine', Description: 'x', VpcId: t.context.account.vpc }),
  )
  before = proxy.calls.length
  const listed = await trial.run('destroy', ['--dry-run'])
  t.is(listed.code, 0)
  t.regex(listed.stdout, /- seat +whole-leader-1 +i-/)
  t.deepEqual(
    proxy.calls.slice(before).filter(({ action }) => writes.test(action)),
    [],
  )

  const destroy = await trial.run('destroy', ['--yes'])
  t.is(destroy.code, 0, destroy.stderr)
  t.is(destroy.stdout, 'whole is destroyed.\n')
  t.deepEqual(await inventoryOf(t.context, 'whole'), {
    machines: [],
    leaders: [],
    interfaces: [],
    groups: [],
    templates: [],
    pools: [],
    profiles: [],
    roles: [],
  })
  const deleted = proxy.calls.slice(before).flatMap(({ params }) => Object.values(params))
  t.false(deleted.includes(foreign.GroupId ?? 'none'))

  const nothing = await trial.run('destroy', ['--yes'])
  t.is(nothing.code, 0)
  t.is(
    nothing.stderr,
    'Nothing to delete: no resources have the tags of whole in us-east-1, account 123456789012.\n',
  )
  const back = await trial.run('launch', ['--yes'])
  t.is(back.code, 0, back.stderr)
  t.deepEqual(seatsOf((await inventoryOf(t.context, 'whole')).leaders), ['1', '2', '3'])
})

test('every resource is tagged with the tags of the cluster in the call that creates it', async t => {
  const { proxy } = t.context
  const before = proxy.calls.length
  t.is((await startTrial(t.context, 'tagged').run('launch', ['--yes'])).code, 0)
  const made = proxy.calls.slice(before).filter(({ params }) => params.DryRun !== 'true')
  for (const { action, params } of made.filter(({ action }) =>
    /^(Create(?!Tags)|RunInstances)/.test(action),
  )) {
    const tags = Object.entries(params).filter(([name]) => /Tag.*Key$/.test(name))
    const cluster = tags.find(([, value]) => value === 'mesos-bakery:cluster')?.[0].replace(/Key$/, 'Value')
    t.is(params[cluster ?? ''], 'tagged', action)
  }
  // The tags by which leaders are found are in their own request, not only in their template.
  for (const { params } of made.filter(({ action }) => action === 'RunInstances')) {
    const keys = Object.values(params)
    for (const key of ['join', 'leaders', 'seat', 'group', 'image', 'user-data'])
      t.true(keys.includes(`mesos-bakery:${key}`))
    t.truthy(params['NetworkInterface.1.NetworkInterfaceId'])
    t.is(params.DisableApiTermination, 'true')
  }
})

test('alternating between two settings renews the template each time', async t => {
  const trial = startTrial(t.context, 'forth')
  const steps = async (...args: string[]) => {
    const { code, stdout, stderr } = await trial.run('launch', ['--yes', '--json', ...args])
    t.is(code, 0, stderr)
    return JSON.parse(stdout).steps.length
  }
  await steps()
  for (let round = 0; round < 2; round += 1) {
    t.is(await steps('--set', 'mesos_executor_registration_timeout=5mins'), 2)
    t.is(await steps('--set', 'mesos_executor_registration_timeout=5mins'), 0)
    t.is(await steps(), 2)
    t.is(await steps(), 0)
  }
})

test('after a destroy that was interrupted after the templates, a launch succeeds', async t => {
  const { ec2 } = t.context
  const trial = startTrial(t.context, 'broke')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const { templates, pools } = await inventoryOf(t.context, 'broke')
  for (const { AutoScalingGroupName } of pools) {
    await t.context.autoScaling.send(
      new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }),
    )
  }
  // The claim is deleted last.
  for (const { LaunchTemplateId } of templates.filter(one => !one.LaunchTemplateName?.endsWith('/claim')))
    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }))
  const { code, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 0, stderr)
  const after = await inventoryOf(t.context, 'broke')
  t.deepEqual([after.templates.length, after.pools.length, seatsOf(after.leaders)], [4, 2, ['1', '2', '3']])
})

/**
 * On a busy machine, independent calls may happen to run one after the other, but dependent calls never run at the same
 * time. A run within the bound is therefore proof, and only a run above it is repeated, with a longer delay.
 */
const delaysMs = [250, 1_000, 3_000]

test('a launch takes at most 8 sequential round trips, and seven leaders take no more than three', async t => {
  const { proxy } = t.context
  const tripsFrom = async (delayMs: number, leaders: number) => {
    proxy.fault(delay(delayMs))
    const before = proxy.calls.length
    const trial = startTrial(t.context, `trips${leaders}-${delayMs}`)
    const { code, stderr } = await trial.run('launch', ['--yes', '--leaders', String(leaders)])
    proxy.clearFaults()
    t.is(code, 0, stderr)
    const calls = proxy.calls.slice(before)
    const last = calls.findLastIndex(({ action }) => creates.test(action))
    return sequentialRoundTrips(calls.slice(0, last + 1))
  }
  const fewest = async (leaders: number, bound: number) => {
    let least = Number.POSITIVE_INFINITY
    for (const delayMs of delaysMs) {
      least = Math.min(least, await tripsFrom(delayMs, leaders))
      if (least <= bound) break
    }
    return least
  }
  const three = await fewest(3, 8)
  t.true(three <= 8, `${three} round trips`)
  const seven = await fewest(7, three)
  t.true(seven <= three, `${seven} round trips for 7 leaders, ${three} for 3`)
})

test('only the seat whose machine was terminated is launched again', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'lost')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const lost = await endLeader(t.context, 'lost', 1)
  const before = proxy.calls.length
  const again = await trial.run('launch', ['--yes', '--json'])
  t.is(again.code, 0, again.stderr)
  t.deepEqual(
    JSON.parse(again.stdout).steps.map(({ kind, after }: { kind: string; after: string[] }) => [kind, after]),
    [['seat', [lost]]],
  )
  const launches = proxy.calls
    .slice(before)
    .filter(({ action, params }) => action === 'RunInstances' && !params.DryRun)
  t.is(launches.length, 1)
  const { leaders } = await inventoryOf(t.context, 'lost')
  t.deepEqual(seatsOf(leaders), ['1', '2', '3'])
  t.false(leaders.some(({ InstanceId }) => InstanceId === lost))
})

test('a different number of leaders is refused while leaders run', async t => {
  const trial = startTrial(t.context, 'resize')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  for (const [count, was] of [
    ['5', 3],
    ['1', 3],
  ] as const) {
    const { code, stderr } = await trial.run('launch', ['--leaders', count, '--yes'])
    t.is(code, 1)
    t.regex(
      stderr,
      new RegExp(
        `error: leaders: the cluster runs with ${was} leaders, and their number cannot change while they run`,
      ),
    )
  }
  t.is((await inventoryOf(t.context, 'resize')).leaders.length, 3)
})

test('without a terminal and without --yes nothing is changed', async t => {
  const { proxy } = t.context
  const before = proxy.calls.length
  const { code, stderr } = await startTrial(t.context, 'shy').run('launch')
  t.is(code, 2)
  t.regex(stderr, /error: not running in a terminal; pass --yes to confirm\n/)
  const written = proxy.calls
    .slice(before)
    .filter(({ action, params }) => writes.test(action) && params.DryRun !== 'true')
  t.deepEqual(written, [])
})

test('pools get the lifecycle hook with the settings for draining, and a launch changes or restores it', async t => {
  const { autoScaling } = t.context
  const hook = { AutoScalingGroupName: 'hooked-web', LifecycleHookName: 'mesos-bakery-drain' }
  const seen = async () => {
    const { LifecycleHooks = [] } = await autoScaling.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName: 'hooked-web' }),
    )
    return LifecycleHooks.map(one => [one.HeartbeatTimeout, one.DefaultResult, one.NotificationMetadata])
  }
  const launch = async (extra = '') =>
    (
      await startTrial(t.context, 'hooked', inventoryText(t.context, 'hooked', extra)).run('launch', [
        '--yes',
      ])
    ).stderr
  await launch()
  const standard = [[300, 'CONTINUE', '{"grace":30,"timeout":900}']]
  t.deepEqual(await seen(), standard)
  const said = await launch('drain: { grace: 1m30s, timeout: 2m }\n')
  t.regex(said, /~ lifecycle hook +hooked-web +drain before termination: 90s grace, 2m timeout\n/)
  t.notRegex(said, /launch template|seat \d/)
  t.deepEqual(await seen(), [[120, 'CONTINUE', '{"grace":90,"timeout":120}']])
  await autoScaling.send(new DeleteLifecycleHookCommand(hook))
  t.regex(await launch(), /\+ lifecycle hook +hooked-web/)
  t.deepEqual(await seen(), standard)
  t.is((await startTrial(t.context, 'hooked').run('destroy', ['--yes'])).code, 0)
})
