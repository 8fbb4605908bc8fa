import type { Cluster } from '../../../cluster/cluster.ts'
import type { ActualHook } from '../actual.ts'
import type { StepOf } from '../ec2-step.ts'
import { hookName, hookSpecification } from '../lifecycle-hook.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'

/** The lifecycle hooks of the pools in the inventory. Pools are asked by name, in parallel. */
export async function observeHooks(aws: Aws, { pools }: Cluster): Promise<readonly ActualHook[]> {
  const found = await Promise.all(pools.map(({ name }) => observeHook(aws, name)))
  return found.flat()
}

async function observeHook(aws: Aws, pool: string): Promise<readonly ActualHook[]> {
  const autoScaling = await aws.autoScaling()
  const query = { AutoScalingGroupName: pool, LifecycleHookNames: [hookName] }
  // ValidationError: the group does not exist.
  const none = { LifecycleHooks: [] }
  const { LifecycleHooks = [] } = await unless(
    /^ValidationError/,
    autoScaling.describeLifecycleHooks(query),
    () => none,
  )
  return LifecycleHooks.map(hook => ({
    pool,
    heartbeat: hook.HeartbeatTimeout,
    metadata: hook.NotificationMetadata,
    continues: hook.DefaultResult === 'CONTINUE',
  }))
}

/** Creates or changes the lifecycle hook of a pool. */
export async function writeHook(aws: Aws, { pool, hook }: StepOf<'lifecycle hook'>): Promise<string> {
  const autoScaling = await aws.autoScaling()
  await autoScaling.putLifecycleHook({ AutoScalingGroupName: pool, ...hookSpecification(hook) })
  return hookName
}
