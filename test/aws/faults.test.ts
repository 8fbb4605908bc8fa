import { CreateSecurityGroupCommand } from '@aws-sdk/client-ec2'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import anyTest, { type TestFn } from 'ava'
import { awsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import {
  cut,
  deny,
  dropReply,
  emptyFirstPage,
  fail,
  hook,
  pending,
  starved,
  throttle,
} from '../harness/faults.ts'
import { REFUSED_KEY } from '../harness/faulty-service.ts'
import {
  endLeader,
  gone,
  inventoryOf,
  inventoryText,
  isWhole,
  refused,
  seatsOf,
  startTrial,
  whole,
} from '../harness/launched.ts'
import { profileNotVisible } from '../harness/profile-visibility.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** Loses the first reply of each call. Returns the calls whose reply was lost. */
function loseReplies({ proxy }: Cloud, actions: readonly string[]): () => readonly string[] {
  // The first call of some actions is the dry run.
  const asked = ['RunInstances', 'CreateLaunchTemplate', 'CreateSecurityGroup']
  const before = proxy.calls.length
  for (const action of actions)
    proxy.fault(dropReply(action, { skip: asked.includes(action) ? 1 : 0, times: 1 }))
  return () =>
    proxy.calls
      .slice(before)
      .filter(({ status }) => status === 0)
      .map(({ action }) => action)
      .sort()
}

const creating = [
  'AddRoleToInstanceProfile',
  'AuthorizeSecurityGroupIngress',
  'CreateAutoScalingGroup',
  'CreateInstanceProfile',
  'CreateLaunchTemplate',
  'CreateRole',
  'CreateSecurityGroup',
  'RunInstances',
]
const deleting = [
  'DeleteAutoScalingGroup',
  'DeleteRole',
  'DeleteSecurityGroup',
  'RemoveRoleFromInstanceProfile',
  'RevokeSecurityGroupIngress',
  'TerminateInstances',
]

test('after a lost reply of each call, nothing is created twice, and a destroy continues', async t => {
  const trial = startTrial(t.context, 'lost')
  const lostByLaunch = loseReplies(t.context, creating)
  const launched = await trial.run('launch', ['--yes'])
  t.is(launched.code, 0, launched.stderr)
  t.deepEqual(lostByLaunch(), creating)
  t.deepEqual(await isWhole(t.context, 'lost'), whole)

  const lostByDestroy = loseReplies(t.context, deleting)
  const destroyed = await trial.run('destroy', ['--yes'])
  t.is(destroyed.code, 0, destroyed.stderr)
  t.deepEqual(lostByDestroy(), deleting)
  t.deepEqual(await isWhole(t.context, 'lost'), gone)
})

test('throttled calls are retried until they succeed', async t => {
  const { proxy } = t.context
  for (const action of [
    'DescribeInstances',
    'RunInstances',
    'CreateAutoScalingGroup',
    'CreateRole',
    'GetParameters',
  ]) {
    proxy.fault(throttle(action, { times: 2 }))
  }
  const { code, stderr } = await startTrial(t.context, 'throttled').run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.deepEqual(await isWhole(t.context, 'throttled'), whole)
})

test('all pages of a listing are read', async t => {
  const { proxy } = t.context
  for (const action of [
    'DescribeSecurityGroups',
    'DescribeLaunchTemplates',
    'DescribeInstanceTypes',
    'DescribeSubnets',
  ]) {
    proxy.fault(emptyFirstPage(action))
  }
  const trial = startTrial(t.context, 'pages')
  const first = await trial.run('launch', ['--yes'])
  t.is(first.code, 0, first.stderr)
  const again = await trial.run('launch', ['--yes'])
  t.regex(again.stderr, /No changes/)
  const destroyed = await trial.run('destroy', ['--yes'])
  t.is(destroyed.code, 0, destroyed.stderr)
  proxy.clearFaults()
  t.deepEqual(await isWhole(t.context, 'pages'), gone)
})

test('a launch waits for another change of a pool to finish', async t => {
  const { proxy } = t.context
  const busy = (action: string, code: string) =>
    proxy.fault(
      fail(action, { status: 400, code, message: 'Another operation is in progress.' }, { times: 1 }),
    )
  busy('CreateAutoScalingGroup', 'ResourceContention')
  busy('UpdateAutoScalingGroup', 'ScalingActivityInProgress')
  busy('DeleteAutoScalingGroup', 'ResourceInUse')
  const trial = startTrial(t.context, 'busy')
  for (const [command, ...args] of [['launch'], ['launch', '--followers', 'web=3'], ['destroy']]) {
    const { code, stderr } = await trial.run(command ?? '', ['--yes', ...args])
    t.is(code, 0, stderr)
  }
})

test('the reason why a pool lacks machines is shown during the wait and by status', async t => {
  t.context.proxy.fault(starved('We currently do not have sufficient m6i.large capacity.'))
  const trial = startTrial(t.context, 'starved')
  const { code, stderr } = await trial.run('launch', ['--yes', '--timeout', '2s'])
  t.is(code, 1)
  t.regex(
    stderr,
    /error: AWS: timed out after 2 s waiting for starved-web: 0 of 2 in service: We currently do not have sufficient m6i\.large capacity\., starved-batch/,
  )
  const status = await trial.run('status')
  t.is(status.code, 3)
  t.regex(status.stdout, /\n\nstarved-web: We currently do not have sufficient m6i\.large capacity\.\n/)
})

test('calls whose connection was lost before they arrived are retried', async t => {
  t.context.proxy.fault(cut('RunInstances', { skip: 1, times: 2 }))
  const { code, stderr } = await startTrial(t.context, 'cut').run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.deepEqual(await isWhole(t.context, 'cut'), whole)
})

test('a launch waits until a new instance profile is visible', async t => {
  t.context.proxy.fault(profileNotVisible(4))
  const { code, stderr } = await startTrial(t.context, 'profile').run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.deepEqual(await isWhole(t.context, 'profile'), whole)
})

// test/aws/histories.test.ts kills launches at every call, within its own process.
test('if the process of a launch is killed, the next run completes it without duplicates', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'killed')
  const kill = new AbortController()
  proxy.fault(hook('RunInstances', () => kill.abort(), { skip: 1, times: 1 }))
  const killed = await trial.run('launch', ['--yes'], { env: awsEnv(proxy.url), signal: kill.signal })
  t.not(killed.code, 0)
  proxy.clearFaults()
  const { code, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.deepEqual(await isWhole(t.context, 'killed'), whole)
})

test('two simultaneous launches create one cluster', async t => {
  const trial = startTrial(t.context, 'race')
  const runs = await Promise.all([trial.run('launch', ['--yes']), trial.run('launch', ['--yes'])])
  t.true(
    runs.some(({ code }) => code === 0),
    runs.map(({ stderr }) => stderr).join('\n'),
  )
  t.deepEqual(await isWhole(t.context, 'race'), whole)
})

test('a seat whose machine EC2 no longer lists is filled, with changed settings', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'forgotten')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  await endLeader(t.context, 'forgotten', 2)
  await proxy.advance(2 * 3_600_000)
  const again = await trial.run('launch', ['--yes', '--set', 'marathon_heap_mb=512'])
  t.is(again.code, 0, again.stderr)
  t.deepEqual(await isWhole(t.context, 'forgotten'), whole)
  for (const seat of [1, 2, 3]) await endLeader(t.context, 'forgotten', seat)
  await proxy.advance(2 * 3_600_000)
  t.is((await trial.run('launch', ['--yes'])).code, 1)
  const recovered = await trial.run('launch', ['--yes', '--recover', '--set', 'zookeeper_heap_mb=256'])
  t.is(recovered.code, 0, recovered.stderr)
  t.deepEqual(await isWhole(t.context, 'forgotten'), whole)
})

test('an hour after a destroy, a cluster with the same name can be launched from another image', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'reborn')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.is((await trial.run('destroy', ['--yes'])).code, 0)
  await proxy.advance(2 * 3_600_000)
  const { code, stderr } = await trial.run('launch', ['--yes', '--set', 'mesos_zk_chroot=reborn'])
  t.is(code, 0, stderr)
  t.deepEqual(await isWhole(t.context, 'reborn'), whole)
})

test('a changed inventory can be launched after an interrupted destroy', async t => {
  const { proxy } = t.context
  const trial = startTrial(t.context, 'half')
  const change = ['--yes', '--set', 'mesos_executor_registration_timeout=5mins']
  t.is((await trial.run('launch', change)).code, 0)
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const kill = new AbortController()
  proxy.fault(hook('DeleteSecurityGroup', () => kill.abort(), { times: 1 }))
  await trial.run('destroy', ['--yes'], { env: awsEnv(proxy.url), signal: kill.signal })
  proxy.clearFaults()
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.is((await trial.run('launch', change)).code, 0)
  const again = await trial.run('launch', change)
  t.regex(again.stderr, /No changes/)
})

for (const profile of ['no role', 'no policy']) {
  test(`a launch that was interrupted with ${profile} in its profile is completed, even if IAM is slow`, async t => {
    const { proxy } = t.context
    const name = profile.replace(' ', '-')
    const trial = startTrial(t.context, name)
    t.is((await trial.run('launch', ['--yes'])).code, 0)
    t.is((await trial.run('destroy', ['--yes'])).code, 0)
    await proxy.delays({ iamToEc2: 4_000, iamToAutoScaling: 6_000 })
    proxy.fault(deny(profile === 'no role' ? 'AddRoleToInstanceProfile' : 'PutRolePolicy', { times: 1 }))
    const broken = await trial.run('launch', ['--yes'])
    t.is(broken.code, 1)
    t.regex(broken.stderr, /denied access/)
    const { code, stderr } = await trial.run('launch', ['--yes'])
    t.is(code, 0, stderr)
    t.deepEqual(await isWhole(t.context, name), whole)
    await proxy.delays({})
  })
}

test('a launch waits for slow machines, and a timeout reports what it waited for', async t => {
  t.context.proxy.fault(pending(1000))
  const trial = startTrial(t.context, 'slow')
  const slow = await trial.run('launch', ['--yes', '--timeout', '2s'])
  t.is(slow.code, 1)
  t.regex(
    slow.stderr,
    /error: AWS: timed out after 2 s waiting for slow-leader-1: pending \(i-[0-9a-f]+\), slow-leader-2/,
  )
  t.regex(slow.stderr, /run the same command again to keep waiting\.\n$/)
  t.context.proxy.clearFaults()
  t.is((await trial.run('launch', ['--yes'])).code, 0)
})

test('a launch that fails halfway reports what exists, why it stopped, and that running it again resumes', async t => {
  const { proxy } = t.context
  const full = {
    status: 500,
    code: 'InsufficientInstanceCapacity',
    message: 'We currently do not have sufficient capacity.',
  }
  proxy.fault(fail('RunInstances', full, { skip: 1 }))
  const trial = startTrial(t.context, 'full')
  const { code, stdout, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /security group mesos-bakery-full-leader: created sg-/)
  t.regex(
    stderr,
    /groups\.leaders\.seats\.1\.subnet: seat 1 cannot be launched in (subnet-\w+): InsufficientInstanceCapacity: We currently do not have sufficient capacity\.; try again later, or set it to subnet-\w+ or subnet-\w+ and run launch again, which moves the seat/,
  )
  t.regex(
    stderr,
    /error: stopped: \d+ of 17 steps completed, 3 failed, \d not started\. Nothing was rolled back; run the same command again to resume\.\n$/,
  )
  proxy.clearFaults()
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.deepEqual(await isWhole(t.context, 'full'), whole)
})

test('the seat of a zone that has failed is moved to another subnet', async t => {
  const { account, proxy } = t.context
  const text = inventoryText(t.context, 'moved')
  t.is((await startTrial(t.context, 'moved', text).run('launch', ['--yes'])).code, 0)
  await endLeader(t.context, 'moved', 1)
  const impaired = { status: 400, code: 'Unsupported', message: 'The zone is impaired.' }
  proxy.fault(fail('RunInstances', impaired, { skip: 1 }))
  const stuck = await startTrial(t.context, 'moved', text).run('launch', ['--yes'])
  t.is(stuck.code, 1)
  proxy.clearFaults()
  const [, told = ''] = /set it to (subnet-\w+) or subnet-\w+ and run launch again/.exec(stuck.stderr) ?? []
  t.true(account.subnets.includes(told))
  const moved = text.replace('count: 3,', `count: 3, seats: { 1: { subnet: ${told} } },`)
  const { code, stderr } = await startTrial(t.context, 'moved', moved).run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.regex(stderr, new RegExp(`\\+ seat 1 +moved-leader-1 +m6i.large in ${told}`))
  t.deepEqual(await isWhole(t.context, 'moved'), whole)
  const { leaders } = await inventoryOf(t.context, 'moved')
  t.is(leaders.find(one => seatsOf([one])[0] === '1')?.SubnetId, told)
})

test('every command reports rejected credentials', async t => {
  const env = { ...awsEnv(t.context.proxy.url), AWS_ACCESS_KEY_ID: REFUSED_KEY }
  for (const command of ['launch', 'status', 'destroy']) {
    const { code, stderr } = await startTrial(t.context, 'refused').run(
      command,
      command === 'status' ? [] : ['--yes'],
      { env },
    )
    t.is(code, 1)
    t.regex(
      stderr,
      /^error: AWS: rejected the credentials \([A-Za-z]+\): .*; log in again or set AWS_PROFILE\n$/,
    )
  }
})

for (const action of [
  'RunInstances',
  'CreateLaunchTemplate',
  'CreateSecurityGroup',
  'DescribeInstances',
  'GetParameters',
]) {
  test(`a denied ${action} is detected before anything is created`, async t => {
    t.context.proxy.fault(deny(action))
    const { code, stderr, written } = await refused(t.context, 'denied', inventoryText(t.context, 'denied'))
    t.is(code, 1)
    t.regex(
      stderr,
      new RegExp(
        `^error: AWS: denied access: .*${action}.*; for the required permissions, see docs/aws\\.md\\n$`,
        'm',
      ),
    )
    t.deepEqual(written, [])
  })
}

test('all resources that do not exist are reported before anything is created', async t => {
  const text = `${inventoryText(t.context, 'wrong').replace(/subnet-[0-9a-f]+/, 'subnet-0000')}
  more: { instance_type: m99.large, key_name: nobody, security_groups: [sg-0000], subnets: [subnet-1111] }
instance_profile: nothing
`
  const { code, stderr, written } = await refused(t.context, 'wrong', text)
  t.is(code, 1)
  for (const line of [
    'error: groups.leaders.subnets: subnet-0000 not found in us-east-1 in this account',
    'error: groups.more.subnets: subnet-1111 not found in us-east-1 in this account',
    'error: groups.more.instance_type: m99.large is not available in us-east-1',
    'error: groups.more.key_name: key pair nobody not found in us-east-1',
    'error: groups.more.security_groups: security group sg-0000 not found in us-east-1',
    'error: instance_profile: instance profile nothing not found in this account',
  ]) {
    // The path of the file is between the two.
    const [, rest = ''] = line.split('error: ')
    t.regex(stderr, new RegExp(`^error: \\S+:\\d+:\\d+: ${rest.replaceAll('.', '\\.')} \\[E050\\]$`, 'm'))
  }
  t.deepEqual(written, [])
})

test('heaps and resources that exceed the memory of the instance types are reported', async t => {
  const extra = 'vars: { marathon_heap_mb: 7680, mesos_resources: { mem: 8193 } }\n'
  const { code, stderr, written } = await refused(
    t.context,
    'memory',
    inventoryText(t.context, 'memory', extra),
  )
  t.is(code, 1)
  // EC2 reports 8192 MiB for both types. ZooKeeper uses 512 MiB.
  for (const line of [
    'm6i.large has 8192 MiB of memory, but zookeeper_heap_mb and marathon_heap_mb take 8192 MiB',
    'm6i.large has 8192 MiB of memory, but mesos_resources offers 8193 MiB',
    'm6g.large has 8192 MiB of memory, but mesos_resources offers 8193 MiB',
  ])
    t.true(stderr.includes(`: ${line} [E105]\n`), stderr)
  t.deepEqual(written, [])
})

test('missing images, and images for another architecture, are reported', async t => {
  const { images } = t.context.account
  const text = inventoryText(t.context, 'image')
  const said = async (inventory: string, ...args: string[]) => {
    const { code, stderr, written } = await refused(t.context, 'image', inventory, args)
    t.is(code, 1)
    t.deepEqual(written, [])
    return stderr
  }
  t.regex(
    await said(text, '--image', images.amd64),
    /^error: --image: ami-\S+ is for amd64, but m6g\.large is arm64 \[E052\]\n.*\n.* \^+ specify another image or instance type\n$/,
  )
  t.regex(
    await said(text, '--image', 'ami-00000000'),
    /^error: --image: ami-00000000 not found in us-east-1, or not shared with this account \[E052\]\n.*\n.* \^+ specify another image\n/,
  )
  t.regex(
    await said(`${text}image: { name: unbaked }\n`),
    /^error: \S+: image\.name: SSM parameter \/mesos-bakery\/unbaked\/amd64 not found in us-east-1 \[E052\]\n(.*\n)+.* \^+ bake the image, or specify one with --image ami-…\n/,
  )
  const parameter = { Name: '/mesos-bakery/gone/amd64', Value: 'ami-11111111', Type: 'String' } as const
  await t.context.ssm.send(new PutParameterCommand(parameter))
  t.regex(
    await said(`${text}image: { name: gone }\n`),
    /error: \S+: image\.name: ami-11111111 not found in us-east-1/,
  )
})

test('resources with our name but without our tags are never adopted', async t => {
  const { ec2, account } = t.context
  const foreign = { GroupName: 'mesos-bakery-foreign-leader', Description: 'x', VpcId: account.vpc }
  await ec2.send(new CreateSecurityGroupCommand(foreign))
  const { code, stderr } = await startTrial(t.context, 'foreign').run('launch', ['--yes'])
  t.is(code, 1)
  t.regex(
    stderr,
    /security group mesos-bakery-foreign-leader: already exists without the tag mesos-bakery:cluster=foreign; rename or delete it, or rename the cluster\n/,
  )
})
