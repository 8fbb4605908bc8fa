import type { Instance } from '@aws-sdk/client-ec2'
import type { Pool } from '../../../cluster/cluster.ts'
import { groupName } from '../../../cluster/names.ts'
import { tag } from '../../../cluster/tags.ts'
import type { PoolStep } from '../../../roll/roll-step.ts'
import type { ActualPool, Canary } from '../actual.ts'
import { tagMachine } from '../ec2-tags.ts'
import { templateSpecs } from '../launch-template.ts'
import { currentVersion, templateHashes } from '../out-of-date.ts'
import type { Ground } from './act.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { onceFree } from './pool.ts'
import { isNotYetKnown } from './seat.ts'
import { everyOf, fromTags, ofCluster } from './tagged.ts'
import { onceVisible } from './wait.ts'

/** The canaries of a cluster that are not in their pools. */
export async function observeCanaries(aws: Aws, cluster: string): Promise<readonly Canary[]> {
  const ec2 = await aws.ec2()
  const Filters = [ofCluster(cluster), { Name: 'tag-key', Values: [tag.canary] }]
  const pages = ec2.paginateDescribeInstances({ Filters })
  const reservations = await everyOf(pages, page => page.Reservations)
  return reservations.flatMap(({ Instances = [] }) => Instances.flatMap(toCanary))
}

function toCanary({ InstanceId = '', State, Tags }: Instance): readonly Canary[] {
  const tags = fromTags(Tags)
  const state = State?.Name ?? 'pending'
  const isThere = ['pending', 'running', 'stopping', 'stopped'].includes(state)
  if (!isThere || 'aws:autoscaling:groupName' in tags) return []
  const running = state === 'running' || state === 'pending'
  return [{ id: InstanceId, group: tags[tag.group] ?? '', version: Number(tags[tag.canary]), running }]
}

/** Carries out a step of a pool's rolling update. */
export async function rollPool(ground: Ground, step: PoolStep): Promise<void> {
  const pool = ground.cluster.pools.find(({ name }) => name === step.pool)
  const present = ground.actual.pools.find(({ name }) => name === step.pool)
  if (pool === undefined || present === undefined) throw new Error(`there is no pool ${step.pool}`)
  switch (step.does) {
    case 'canary':
      return startCanary(ground, pool)
    case 'dismiss':
      return terminate(ground.aws, step.machines)
    case 'promote':
      return promote(ground, pool, present, step.machine)
    case 'surge':
      return resize(ground.aws, present, step.machines)
    case 'take':
      return take(ground.aws, step.pool, step.machines, step.replaced)
    case 'settle':
      return settle(ground.aws, pool, present)
  }
}

function versionFor(ground: Ground, pool: string): string {
  const version = currentVersion(ground, pool, templateHashes(ground))
  if (version === undefined) throw new Error(`the launch template of ${pool} is out of date`)
  return String(version)
}

// Started outside of the pool, so that the pool is unchanged if the canary fails. Auto Scaling never starts an instance
// from a version that is not proven.
async function startCanary(ground: Ground, pool: Pool): Promise<void> {
  const ec2 = await ground.aws.ec2()
  const name = groupName(ground.cluster.name, pool.group)
  const Version = versionFor(ground, pool.name)
  const tags = templateSpecs(ground).find(({ group }) => group === pool.group)?.tags ?? {}
  const request = {
    LaunchTemplate: { LaunchTemplateName: name, Version },
    MinCount: 1,
    MaxCount: 1,
    SubnetId: pool.subnets[0],
    TagSpecifications: tagMachine({ ...tags, [tag.canary]: Version }),
  }
  await onceVisible(
    ground.aws,
    `version ${Version} of launch template ${name} to become visible`,
    isNotYetKnown,
    () => ec2.runInstances(request),
  )
}

async function terminate(aws: Aws, ids: readonly string[]): Promise<void> {
  const ec2 = await aws.ec2()
  const end = ec2.terminateInstances({ InstanceIds: [...ids] })
  await unless(/^InvalidInstanceID/, end, () => undefined)
}

/**
 * Records the size of the pool, attaches the canary, and then pins the pool to the version of the canary. Attaching
 * raises the desired size by one (Amazon EC2 Auto Scaling user guide, "Attach or detach instances").
 */
async function promote(
  ground: Ground,
  pool: Pool,
  present: ActualPool,
  canary: string | undefined,
): Promise<void> {
  const { aws } = ground
  const autoScaling = await aws.autoScaling()
  const AutoScalingGroupName = present.name
  if (canary !== undefined) {
    await recordSize(aws, present)
    const MaxSize = present.desired + 1
    if (MaxSize > present.max)
      await onceFree(aws, present.name, () =>
        autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, MaxSize }),
      )
    await onceFree(aws, present.name, () =>
      autoScaling.attachInstances({ AutoScalingGroupName, InstanceIds: [canary] }),
    )
  }
  const LaunchTemplateName = groupName(ground.cluster.name, pool.group)
  const LaunchTemplate = { LaunchTemplateName, Version: versionFor(ground, pool.name) }
  await onceFree(aws, present.name, () =>
    autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, LaunchTemplate }),
  )
}

async function recordSize(aws: Aws, { name, desired, tags }: ActualPool): Promise<void> {
  if (tag.size in tags) return
  const autoScaling = await aws.autoScaling()
  const one = { Key: tag.size, Value: String(desired), PropagateAtLaunch: false }
  await autoScaling.createOrUpdateTags({
    Tags: [{ ...one, ResourceId: name, ResourceType: 'auto-scaling-group' }],
  })
}

async function resize(aws: Aws, present: ActualPool, size: number): Promise<void> {
  const autoScaling = await aws.autoScaling()
  await recordSize(aws, present)
  await onceFree(aws, present.name, () =>
    autoScaling.updateAutoScalingGroup({
      AutoScalingGroupName: present.name,
      MaxSize: Math.max(present.max, size),
      DesiredCapacity: size,
    }),
  )
}

/** Terminates instances. Auto Scaling launches another one for each that is replaced. */
async function take(aws: Aws, pool: string, ids: readonly string[], replaced: number): Promise<void> {
  const autoScaling = await aws.autoScaling()
  for (const [index, InstanceId] of ids.entries()) {
    const ShouldDecrementDesiredCapacity = index >= replaced
    const end = onceFree(aws, pool, () =>
      autoScaling.terminateInstanceInAutoScalingGroup({ InstanceId, ShouldDecrementDesiredCapacity }),
    )
    // The instance has ended in the meantime.
    await unless(/^ValidationError$/, end, error => {
      if (!/not found|not part of/i.test(error.message)) throw error
    })
  }
}

async function settle(aws: Aws, { min, max }: Pool, present: ActualPool): Promise<void> {
  const autoScaling = await aws.autoScaling()
  const size = Number(present.tags[tag.size] ?? present.desired)
  await onceFree(aws, present.name, () =>
    autoScaling.updateAutoScalingGroup({
      AutoScalingGroupName: present.name,
      MinSize: min,
      MaxSize: max,
      DesiredCapacity: Math.min(Math.max(size, min), max),
    }),
  )
  await autoScaling.deleteTags({
    Tags: [{ Key: tag.size, ResourceId: present.name, ResourceType: 'auto-scaling-group' }],
  })
}
