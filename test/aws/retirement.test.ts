import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from '../harness/cloud.ts'
import { completeDrains } from '../harness/completed-drains.ts'
import { deny, fail, hook } from '../harness/faults.ts'
import { inventoryOf, inventoryText, seatsOf, startTrial } from '../harness/launched.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

const retirement = { code: 'instance-retirement', notBefore: '2026-12-03T10:00:00Z', id: 'instance-event-7' }
const since = '2026-11-27T08:00:00Z'

/** The IDs of the leaders, by the order of their seats, and of the followers of a pool. */
async function idsOf(cloud: Cloud, cluster: string) {
  const { leaders, pools } = await inventoryOf(cloud, cluster)
  const web = pools.find(({ AutoScalingGroupName }) => AutoScalingGroupName === `${cluster}-web`)
  const seat = (one: (typeof leaders)[number]) => Number(seatsOf([one])[0])
  return {
    leaders: leaders.toSorted((a, b) => seat(a) - seat(b)).map(({ InstanceId = '' }) => InstanceId),
    followers: (web?.Instances ?? []).map(({ InstanceId = '' }) => InstanceId),
    tags: Object.fromEntries(leaders.map(({ InstanceId, Tags }) => [InstanceId, Tags])),
  }
}

test('instances that are retired or fail are shown by status and changed first by roll', async t => {
  const { proxy } = t.context
  t.teardown(completeDrains(t.context))
  const trial = startTrial(t.context, 'gone')
  const launched = proxy.calls.length
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const statuses = () => proxy.calls.filter(({ action }) => action === 'DescribeInstanceStatus').length
  t.false(proxy.calls.slice(launched).some(({ action }) => action === 'DescribeInstanceStatus'))

  const before = await idsOf(t.context, 'gone')
  const [, , third = ''] = before.leaders
  const [, follower = ''] = before.followers
  await proxy.statuses({ [third]: { events: [retirement] }, [follower]: { system: since } })
  const calls = statuses()
  const status = await trial.run('status')
  t.is(status.code, 0, status.stderr)
  t.is(statuses(), calls + 1)
  t.regex(status.stdout, /failed status checks \(npm run roll moves these nodes first\):\n/)
  t.regex(status.stdout, /\n {2}! gone-leader-3: instance retirement on 2026-12-03\n/)
  t.regex(status.stdout, new RegExp(`! ${follower}: system status check failed since ${since}\n`))
  const { nodes } = JSON.parse((await trial.run('status', ['--json'])).stdout).health
  const warningsOf = (id: string) => nodes.find(({ machine }: { machine: string }) => machine === id).warnings
  const message = 'instance retirement on 2026-12-03'
  t.deepEqual(warningsOf(third), [{ code: 'instance-retirement', time: '2026-12-03T10:00:00.000Z', message }])
  t.deepEqual(warningsOf(before.leaders[0] ?? ''), [])

  const change = ['--set', 'mesos_leader_options={max_completed_frameworks: 60}']
  const plan = await trial.run('roll', ['--dry-run', ...change])
  t.is(plan.code, 0, plan.stderr)
  t.log(plan.stdout)
  const order = [...plan.stdout.matchAll(/leader +gone-leader-(\d)/g)].map(([, seat]) => seat)
  t.deepEqual(order, ['3', '2', '1'])
  t.regex(plan.stdout, /gone-leader-3 +restart with its disk: instance retirement on 2026-12-03, different/)
  t.regex(
    plan.stdout,
    new RegExp(`gone-web\\s+replace 1 machine, 1 at a time: ${follower}: system\\s+status`),
  )

  const rolled = await trial.run('roll', ['--yes'])
  t.is(rolled.code, 0, rolled.stderr)
  t.log(rolled.stderr)
  t.regex(rolled.stderr, /change gone-leader-3 in place\n(.*\n)*.*raise gone-web to 3 machines\n/)
  t.regex(rolled.stderr, new RegExp(`remove ${follower} of gone-web\n(.*\n)*.*restore the size of gone-web`))
  t.notRegex(rolled.stderr, /leader-[12] in place/)
  const after = await idsOf(t.context, 'gone')
  t.deepEqual(after.leaders, before.leaders)
  t.false(after.followers.includes(follower))
  t.is(after.followers.length, 2)
  t.notRegex(rolled.stdout, /status check/)

  // EC2 still lists the event for which the leader was restarted.
  await proxy.statuses({ [third]: { events: [retirement] } })
  t.notRegex((await trial.run('status')).stdout, /retirement/)
  const again = await trial.run('roll', ['--yes'])
  t.regex(again.stderr, /no rolling update is required/)
})

test('a leader whose check still fails after its restart is not restarted again', async t => {
  const { proxy } = t.context
  t.teardown(completeDrains(t.context))
  const trial = startTrial(t.context, 'still')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const [, second = ''] = (await idsOf(t.context, 'still')).leaders
  proxy.fault(hook('DescribeInstanceStatus', () => proxy.statuses({ [second]: { system: since } })))
  const rolled = await trial.run('roll', ['--yes'])
  t.is(rolled.code, 0, rolled.stderr)
  t.is([...rolled.stderr.matchAll(/change still-leader-2 in place/g)].length, 1)
  t.regex(rolled.stdout, /still-leader-2: system status check failed/)
})

test('without the right to read the status of instances, status and roll say so and work', async t => {
  const trial = startTrial(t.context, 'unread')
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  t.context.proxy.fault(deny('DescribeInstanceStatus'))
  const why = /scheduled events and status checks are not known.*do not permit ec2:DescribeInstanceStatus/
  const status = await trial.run('status')
  t.is(status.code, 0, status.stderr)
  t.regex(status.stdout, new RegExp(`quorum 2\n${why.source}\n`))
  const roll = await trial.run('roll', ['--dry-run'])
  t.is(roll.code, 0, roll.stderr)
  t.regex(roll.stderr, new RegExp(`warning: ${why.source}`))
  t.regex(roll.stdout, /no rolling update is required/)
})

test('a call reads the status of 100 instances, and instances that are not found are left out', async t => {
  const { proxy } = t.context
  t.teardown(completeDrains(t.context))
  const text = inventoryText(t.context, 'hundred').replace('min: 2, max: 4', 'min: 97, max: 97')
  const trial = startTrial(t.context, 'hundred', text)
  t.is((await trial.run('launch', ['--yes'])).code, 0)
  const { leaders } = await idsOf(t.context, 'hundred')
  await proxy.statuses({ [leaders[1] ?? '']: { events: [retirement] } })
  const read = async () => {
    const before = proxy.calls.length
    const { code, stdout, stderr } = await trial.run('status')
    const calls = proxy.calls.slice(before).filter(({ action }) => action === 'DescribeInstanceStatus')
    const shown = /hundred-leader-2: instance retirement/.test(stdout)
    if (!shown) t.log(stdout, stderr)
    return { code, shown, calls: calls.length }
  }
  // Three leaders, 97 followers and one in another pool.
  t.deepEqual(await read(), { code: 0, shown: true, calls: 2 })
  const missing = { status: 400, code: 'InvalidInstanceID.NotFound' }
  const message = `The instance IDs '${leaders[0]}' do not exist`
  proxy.fault(fail('DescribeInstanceStatus', { ...missing, message }, { times: 1 }))
  t.deepEqual(await read(), { code: 0, shown: true, calls: 3 })
})
