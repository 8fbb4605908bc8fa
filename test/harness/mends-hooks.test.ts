import {
  CompleteLifecycleActionCommand,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  DescribeScalingActivitiesCommand,
  PutLifecycleHookCommand,
  type PutLifecycleHookCommandInput,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import anyTest, { type TestFn } from 'ava'
import { type Cloud, cloudTests } from './cloud.ts'
import { makeTemplate } from './template.ts'

const test = cloudTests(anyTest as TestFn<Cloud>)

/** A pool of two instances with a hook. */
async function pool(cloud: Cloud, name: string, settings: Partial<PutLifecycleHookCommandInput> = {}) {
  const { account, autoScaling } = cloud
  const group = { AutoScalingGroupName: name }
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...group,
      LaunchTemplate: { LaunchTemplateId: await makeTemplate(cloud, name), Version: '$Latest' },
      MinSize: 0,
      MaxSize: 3,
      DesiredCapacity: 2,
      VPCZoneIdentifier: account.subnets.join(','),
    }),
  )
  const hook = { ...group, LifecycleHookName: 'drain' }
  const put = (more: Partial<PutLifecycleHookCommandInput>) =>
    autoScaling.send(new PutLifecycleHookCommand({ ...hook, ...more }))
  await put({
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    DefaultResult: 'CONTINUE',
    HeartbeatTimeout: 60,
    ...settings,
  })
  const states = async () => {
    const { AutoScalingGroups = [] } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    )
    return (AutoScalingGroups[0]?.Instances ?? []).map(({ InstanceId = '', LifecycleState = '' }) => ({
      InstanceId,
      LifecycleState,
    }))
  }
  const held = async () => (await states()).filter(one => one.LifecycleState === 'Terminating:Wait')
  return { group, hook, put, states, held }
}

async function stateOf({ ec2 }: Cloud, id: string) {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
  return Reservations[0]?.Instances?.[0]?.State?.Name
}

test('an instance waits for the hook, runs meanwhile, and ends when the hook is completed', async t => {
  const { autoScaling } = t.context
  const { group, hook, states, held } = await pool(t.context, 'hooked')
  await autoScaling.send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 1 }))
  const [one, ...others] = await held()
  const id = one?.InstanceId ?? ''
  t.is(others.length, 0)
  t.is((await states()).length, 2)
  t.is(await stateOf(t.context, id), 'running')
  const { Activities = [] } = await autoScaling.send(new DescribeScalingActivitiesCommand(group))
  t.like(Activities[0], {
    Description: `Terminating EC2 instance: ${id}`,
    StatusCode: 'MidTerminatingLifecycleAction',
  })

  const complete = () =>
    autoScaling.send(
      new CompleteLifecycleActionCommand({ ...hook, InstanceId: id, LifecycleActionResult: 'CONTINUE' }),
    )
  await complete()
  t.is(await stateOf(t.context, id), 'terminated')
  t.is((await states()).length, 1)
  const gone = { name: 'ValidationError', message: `No active Lifecycle Action found with instance ID ${id}` }
  await t.throwsAsync(complete(), gone)
})

test('without a heartbeat, the time of a hook is over, and heartbeats extend it up to its global timeout', async t => {
  const { autoScaling, proxy } = t.context
  const { group, hook, held } = await pool(t.context, 'beating')
  await autoScaling.send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 1 }))
  const [one] = await held()
  const beat = () =>
    autoScaling.send(
      new RecordLifecycleActionHeartbeatCommand({ ...hook, InstanceId: one?.InstanceId ?? '' }),
    )
  await proxy.advance(50_000)
  await beat()
  await proxy.advance(50_000)
  t.is((await held()).length, 1)
  await proxy.advance(11_000)
  t.is((await held()).length, 0)
  t.is(await stateOf(t.context, one?.InstanceId ?? ''), 'terminated')
  await t.throwsAsync(beat(), { name: 'ValidationError' })

  await autoScaling.send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 0 }))
  const [other] = await held()
  for (let time = 0; time < 5_990; time += 59) {
    await proxy.advance(59_000)
    await autoScaling
      .send(new RecordLifecycleActionHeartbeatCommand({ ...hook, InstanceId: other?.InstanceId ?? '' }))
      .catch(() => undefined)
  }
  await proxy.advance(11_000)
  t.is((await held()).length, 0)
})

test('a terminated instance is replaced while it waits, and deleting the group ends the wait', async t => {
  const { autoScaling } = t.context
  const { group, states, held } = await pool(t.context, 'replaced')
  const [{ InstanceId = '' } = {}] = await states()
  const terminate = (ShouldDecrementDesiredCapacity: boolean) =>
    autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity }),
    )
  await terminate(false)
  t.deepEqual(
    (await held()).map(one => one.InstanceId),
    [InstanceId],
  )
  t.is((await states()).length, 3)
  await t.throwsAsync(terminate(false), { name: 'ValidationError' })
  await autoScaling.send(new DeleteAutoScalingGroupCommand({ ...group, ForceDelete: true }))
  t.is(await stateOf(t.context, InstanceId), 'terminated')
  await t.throwsAsync(autoScaling.send(new DescribeLifecycleHooksCommand(group)), { name: 'ValidationError' })
})

test('a hook keeps settings that are not given again, and refuses wrong ones', async t => {
  const { autoScaling } = t.context
  const { group, put } = await pool(t.context, 'settings', { NotificationMetadata: '{"grace":30}' })
  await put({ HeartbeatTimeout: 90 })
  const { LifecycleHooks = [] } = await autoScaling.send(new DescribeLifecycleHooksCommand(group))
  t.is(LifecycleHooks.length, 1)
  t.like(LifecycleHooks[0], {
    LifecycleHookName: 'drain',
    HeartbeatTimeout: 90,
    GlobalTimeout: 9_000,
    DefaultResult: 'CONTINUE',
    NotificationMetadata: '{"grace":30}',
  })
  const refused = { name: 'ValidationError' }
  await t.throwsAsync(put({ HeartbeatTimeout: 20 }), refused)
  await t.throwsAsync(put({ NotificationMetadata: 'x'.repeat(1_024) }), refused)
  await t.throwsAsync(put({ AutoScalingGroupName: 'nope' }), refused)
  await t.throwsAsync(put({ LifecycleHookName: 'other' }), refused)
})
