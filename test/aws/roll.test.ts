import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { inventoryOf, startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const change = ['--set', 'mesos_attributes={rack: r2}']

async function poolOf(cloud: Cloud, cluster: string, pool: string) {
  const { pools } = await inventoryOf(cloud, cluster)
  const found = pools.find(({ AutoScalingGroupName }) => AutoScalingGroupName === `${cluster}-${pool}`)
  return {
    pin: found?.LaunchTemplate?.Version,
    desired: found?.DesiredCapacity,
    max: found?.MaxSize,
    machines: (found?.Instances ?? []).map(({ InstanceId }) => InstanceId ?? '').sort(),
    versions: (found?.Instances ?? []).map(({ LaunchTemplate }) => LaunchTemplate?.Version).sort(),
    tags: (found?.Tags ?? []).map(({ Key }) => Key),
  }
}

test('a pool stays at its version until a roll has proven the new one with a canary', async t => {
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
