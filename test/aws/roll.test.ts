import { CreateLaunchTemplateCommand, DescribeLaunchTemplatesCommand } from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { awsEnv } from '../harness/aws.ts'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { completeDrains } from '../harness/completed-drains.ts'
import { hook } from '../harness/faults.ts'
import { inventoryOf, startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const change = ['--set', 'mesos_attributes={rack: r2}']

async function poolOf(cloud: Cloud, cluster: string, pool: string) {
  const { pools } = await inventoryOf(cloud, cluster)
  const found = pools.find(({ AutoScalingGroupName }) => AutoScalingGroupName === `${cluster}-${pool}`)
  const machines = (found?.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService')
  return {
    pin: found?.LaunchTemplate?.Version,
    desired: found?.DesiredCapacity,
    max: found?.MaxSize,
    machines: machines.map(({ InstanceId }) => InstanceId ?? '').sort(),
    versions: machines.map(({ LaunchTemplate }) => LaunchTemplate?.Version).sort(),
    tags: (found?.Tags ?? []).map(({ Key }) => Key),
  }
}

test('a pool stays at its version until a roll has proven the new one with a canary', async t => {
  t.teardown(completeDrains(t.context))
  const trial = startTrial(t.context, 'roll')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const first = await poolOf(t.context, 'roll', 'web')
  t.like(first, { pin: '1', desired: 2, max: 4 })

  const launched = await trial.run('launch', ['--yes', ...change])
  t.is(launched.code, 0, launched.stderr)
  t.regex(
    launched.stderr,
    /use npm run roll to update them\):\n +! roll-web \(2 machines\): outdated launch template/,
  )
  t.deepEqual(await poolOf(t.context, 'roll', 'web'), first)

  const plan = await trial.run('roll', ['--dry-run', ...change])
  t.is(plan.code, 0, plan.stderr)
  t.regex(plan.stdout, /~ pool +roll-web +a canary, then replace 2 machines, 1 at a time/)
  t.notRegex(plan.stdout, /leader +roll-leader/)

  const { code, stdout, stderr } = await trial.run('roll', ['--yes', ...change])
  t.is(code, 0, stderr)
  t.log(stderr)
  t.regex(stdout, /✓ followers/)
  const after = await poolOf(t.context, 'roll', 'web')
  t.like(after, { pin: '2', desired: 2, max: 4, versions: ['2', '2'] })
  t.false(after.tags.includes('mesos-bakery:size'))
  t.deepEqual(
    after.machines.filter(id => first.machines.includes(id)),
    [],
  )
  const again = await trial.run('roll', ['--yes', ...change])
  t.is(again.code, 0, again.stderr)
  t.regex(again.stderr, /no rolling update is required/)
})

test('a canary that does not register is terminated, and the pool stays as it was', async t => {
  t.teardown(completeDrains(t.context))
  const trial = startTrial(t.context, 'bird')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const before = await poolOf(t.context, 'bird', 'web')
  const agent = { health: false, registered: false, id: null, master: null }
  const logs = { 'mesos-agent.service': ['Failed to load modules'] }
  await t.context.proxy.consoles({ reports: { 'bird-web': { agent, logs } } })
  const roll = ['--yes', '--pool', 'bird-web', '--timeout', '20s']
  const { code, stderr } = await trial.run('roll', [...roll, ...change])
  t.is(code, 1)
  t.regex(stderr, /canary: (i-[0-9a-f]+): the canary is not registered\n(.*\n)*.*Failed to load modules/)
  t.regex(stderr, /take away i-[0-9a-f]+ from bird-web/)
  t.deepEqual(await poolOf(t.context, 'bird', 'web'), before)
  const { machines } = await inventoryOf(t.context, 'bird')
  t.deepEqual(
    machines.filter(({ Tags }) => Tags?.some(({ Key }) => Key === 'mesos-bakery:canary')),
    [],
  )
  await t.context.proxy.consoles({ reports: { 'bird-web': {} } })
  t.is((await trial.run('roll', [...roll, ...change])).code, 0)
})

test('a second roll and a launch are refused, and a killed roll is continued on the same machine', async t => {
  t.teardown(completeDrains(t.context))
  const trial = startTrial(t.context, 'twice')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const kill = new AbortController()
  t.context.proxy.fault(hook('AttachInstances', () => kill.abort(), { times: 1 }))
  const env = awsEnv(t.context.proxy.url)
  await trial.run('roll', ['--yes', '--pool', 'twice-web', ...change], { env, signal: kill.signal })
  t.context.proxy.clearFaults()
  const status = await trial.run('status')
  t.regex(
    status.stdout,
    /rolling update by \S+@\S+:\d+ since \S+: use the settings of the canary for twice-web/,
  )
  const { code, stderr } = await trial.run('roll', ['--yes', '--pool', 'twice-web', ...change])
  t.is(code, 0, stderr)
  t.regex(stderr, /resuming the rolling update of/)
  t.like(await poolOf(t.context, 'twice', 'web'), { pin: '2', desired: 2, max: 4, versions: ['2', '2'] })

  // The lock of a process that still runs on another machine.
  const Tags = [
    { Key: 'mesos-bakery:cluster', Value: 'twice' },
    { Key: 'mesos-bakery:rolled-by', Value: 'ann@elsewhere:1' },
    { Key: 'mesos-bakery:alive', Value: new Date().toISOString() },
  ]
  const TagSpecifications = [{ ResourceType: 'launch-template' as const, Tags }]
  const LaunchTemplateData = { UserData: 'eA==' }
  const LaunchTemplateName = 'mesos-bakery/twice/roll'
  await t.context.ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData, TagSpecifications }),
  )
  for (const command of ['roll', 'launch']) {
    const refused = await trial.run(command, ['--yes'])
    t.is(refused.code, 1)
    t.regex(refused.stderr, /the cluster is being rolled by ann@elsewhere:1 since/)
  }
  t.is((await trial.run('destroy', ['--yes'])).code, 0)
  const { LaunchTemplates } = await t.context.ec2.send(
    new DescribeLaunchTemplatesCommand({
      Filters: [{ Name: 'launch-template-name', Values: [LaunchTemplateName] }],
    }),
  )
  t.deepEqual(LaunchTemplates, [])
})

test('leaders are changed one at a time, the elected one last, and keep their disks', async t => {
  t.teardown(completeDrains(t.context))
  const trial = startTrial(t.context, 'heads')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const before = (await inventoryOf(t.context, 'heads')).leaders.map(({ InstanceId }) => InstanceId).sort()
  const options = ['--yes', '--leaders-only', '--set', 'mesos_leader_options={max_completed_frameworks: 60}']
  const { code, stderr } = await trial.run('roll', options)
  t.is(code, 0, stderr)
  const order = [...stderr.matchAll(/change heads-leader-(\d) in place/g)].map(([, seat]) => seat)
  t.deepEqual(order, ['2', '3', '1'])
  const after = (await inventoryOf(t.context, 'heads')).leaders.map(({ InstanceId }) => InstanceId).sort()
  t.deepEqual(after, before)
})
