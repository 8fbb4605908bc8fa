import { DescribeInstanceAttributeCommand } from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { awsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { deny, hook } from '../harness/faults.ts'
import {
  endLeader,
  inventoryOf,
  inventoryText,
  isWhole,
  seatsOf,
  startTrial,
  whole,
} from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const trialOf = (cloud: Cloud) => startTrial(cloud, 'repl')

async function leaderOf(cloud: Cloud, seat: number) {
  const { leaders } = await inventoryOf(cloud, 'repl')
  return leaders.find(one => seatsOf([one])[0] === String(seat))
}

test('a leader is terminated, and its seat is launched again with the same address', async t => {
  const trial = trialOf(t.context)
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const before = await leaderOf(t.context, 2)
  const { code, stdout, stderr } = await trial.run('replace', ['--node', 'repl-leader-2', '--yes'])
  t.is(code, 0, stderr)
  t.regex(stderr, /- seat +repl-leader-2 +i-[0-9a-f]+\n +\+ seat 2 +repl-leader-2 +m6i\.large in subnet-/)
  t.regex(stdout, /✓ election/)
  const after = await leaderOf(t.context, 2)
  t.not(after?.InstanceId, before?.InstanceId)
  t.is(after?.PrivateIpAddress, before?.PrivateIpAddress)
  t.deepEqual(await isWhole(t.context, 'repl'), whole)
})

/** The inventory with other user data for the leaders. */
const settled = (cloud: Cloud, extra = '') =>
  startTrial(
    cloud,
    'repl',
    inventoryText(
      cloud,
      'repl',
      `vars: { mesos_leader_options: { max_completed_tasks_per_framework: 5 } }\n${extra}`,
    ),
  )

const keepDisk = ['--keep-disk', '--yes', '--node']

async function userDataOf(cloud: Cloud, InstanceId = ''): Promise<string> {
  const asked = { InstanceId, Attribute: 'userData' } as const
  const { UserData } = await cloud.ec2.send(new DescribeInstanceAttributeCommand(asked))
  return Buffer.from(UserData?.Value ?? '', 'base64').toString()
}

test('a leader whose user data is different keeps its machine', async t => {
  const trial = settled(t.context)
  const before = await leaderOf(t.context, 1)
  const old = await trial.run('launch', ['--yes'])
  t.regex(old.stderr, /! repl-leader-1 \(i-\w+\): different user data/)
  const { code, stderr } = await trial.run('replace', [...keepDisk, 'repl-leader-1'])
  t.is(code, 0, stderr)
  t.regex(stderr, /~ seat 1 +repl-leader-1 +i-\w+, stop and start with new user data, keeping the disk/)
  const after = await leaderOf(t.context, 1)
  t.is(after?.InstanceId, before?.InstanceId)
  t.is(after?.State?.Name, 'running')
  const rendered = await trial.run('render', ['--node', 'repl-leader-1'])
  t.is(await userDataOf(t.context, after?.InstanceId), rendered.stdout)
  const { stdout } = await trial.run('render', ['--diff', '--node', 'repl-leader-1'])
  t.regex(stdout, /^= repl-leader-1 .*: unchanged\n$/)
  const again = await trial.run('replace', [...keepDisk, 'repl-leader-1'])
  t.is(again.code, 1)
  t.regex(again.stderr, /repl-leader-1 has the settings of the inventory already/)
})

test('a restart that is killed anywhere is completed by the next one', async t => {
  const trial = settled(t.context)
  const before = await leaderOf(t.context, 3)
  for (const call of ['ModifyInstanceAttribute', 'CreateTags', 'StartInstances']) {
    const kill = new AbortController()
    t.context.proxy.fault(hook(call, () => kill.abort(), { times: 1 }))
    const env = awsEnv(t.context.proxy.url)
    await trial.run('replace', [...keepDisk, 'repl-leader-3'], { env, signal: kill.signal })
    t.context.proxy.clearFaults()
  }
  const { code, stderr } = await trial.run('replace', [...keepDisk, 'repl-leader-3'])
  t.is(code, 0, stderr)
  const after = await leaderOf(t.context, 3)
  t.deepEqual([after?.InstanceId, after?.State?.Name], [before?.InstanceId, 'running'])
  t.is(
    await userDataOf(t.context, after?.InstanceId),
    (await trial.run('render', ['--node', 'repl-leader-3'])).stdout,
  )
})

test('only the user data of a leader can be changed without a new machine', async t => {
  const text = inventoryText(t.context, 'repl').replace('count: 3', 'count: 3, instance_type: m6i.xlarge')
  const larger = await startTrial(t.context, 'repl', text).run('replace', [...keepDisk, 'repl-leader-2'])
  t.is(larger.code, 1)
  t.regex(
    larger.stderr,
    /repl-leader-2 needs a new machine \(.*instance type m6i.large → m6i.xlarge.*\); leave out --keep-disk/,
  )
  const { pools } = await inventoryOf(t.context, 'repl')
  const id = pools[0]?.Instances?.[0]?.InstanceId ?? ''
  const follower = await trialOf(t.context).run('replace', [...keepDisk, id])
  t.regex(follower.stderr, /is a follower; Auto Scaling launches a new one/)
  const { proxy } = t.context
  await proxy.consoles({ reports: { 'repl-leader-3': { master: null } } })
  const ill = await settled(t.context).run('replace', [...keepDisk, 'repl-leader-2'])
  t.regex(ill.stderr, /only 1 of the other 2 leaders are healthy \(repl-leader-3 has no healthy master\)/)
  await proxy.consoles({ reports: { 'repl-leader-3': {} } })
})

test('an instance of a pool is replaced by Auto Scaling', async t => {
  const { pools } = await inventoryOf(t.context, 'repl')
  const [id = ''] = (pools.find(one => one.AutoScalingGroupName === 'repl-web')?.Instances ?? []).map(
    one => one.InstanceId ?? '',
  )
  const { code, stderr } = await trialOf(t.context).run('replace', ['--node', id, '--yes'])
  t.is(code, 0, stderr)
  const after = (await inventoryOf(t.context, 'repl')).pools.find(
    one => one.AutoScalingGroupName === 'repl-web',
  )
  // The former instance is held until it is drained.
  const left = (after?.Instances ?? []).flatMap(({ InstanceId, LifecycleState }) =>
    LifecycleState === 'InService' ? [InstanceId] : [],
  )
  t.is(left.length, 2)
  t.false(left.includes(id))
})

test('a leader is not replaced while another one is unhealthy, silent or unreadable', async t => {
  const { proxy } = t.context
  const before = await leaderOf(t.context, 1)
  const refused = async (why: RegExp) => {
    const { code, stderr } = await trialOf(t.context).run('replace', ['--node', 'repl-leader-1', '--yes'])
    t.is(code, 1)
    t.regex(stderr, why)
    t.is((await leaderOf(t.context, 1))?.InstanceId, before?.InstanceId)
  }
  const zookeeper = { mode: null, synced_followers: null }
  await proxy.consoles({ reports: { 'repl-leader-3': { zookeeper } } })
  await refused(
    /only 1 of the other 2 leaders are healthy \(repl-leader-3 is not part of the ZooKeeper quorum\)/,
  )
  await proxy.consoles({ reports: { 'repl-leader-3': {} } })
  // A console whose newest report is never followed by another one.
  await proxy.consoles({ frozen: ['repl-leader-3'] })
  await refused(/repl-leader-3 does not report/)
  await proxy.consoles({ frozen: [] })
  proxy.fault(deny('GetConsoleOutput'))
  await refused(/repl-leader-2 does not report/)
  proxy.clearFaults()
  t.is((await trialOf(t.context).run('replace', ['--node', 'repl-leader-9', '--yes'])).code, 1)
})

test('a replacement that is killed after the termination is completed by launch', async t => {
  const { proxy } = t.context
  const kill = new AbortController()
  proxy.fault(hook('RunInstances', () => kill.abort(), { skip: 1, times: 1 }))
  const trial = trialOf(t.context)
  const env = awsEnv(proxy.url)
  await trial.run('replace', ['--node', 'repl-leader-3', '--yes'], { env, signal: kill.signal })
  proxy.clearFaults()
  const { code, stderr } = await trial.run('launch', ['--yes'])
  t.is(code, 0, stderr)
  t.deepEqual(await isWhole(t.context, 'repl'), whole)
})

test('no leader is replaced while the seat of another one is empty', async t => {
  const trial = trialOf(t.context)
  await endLeader(t.context, 'repl', 2)
  const { code, stderr } = await trial.run('replace', ['--node', 'repl-leader-1', '--yes'])
  t.is(code, 1)
  t.regex(stderr, /repl-leader-2 must be launched first: npm run launch/)
})
