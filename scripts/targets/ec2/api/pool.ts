import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import { tag } from '../../../cluster/tags.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import type { ActualPool } from '../actual.ts'
import type { StepOf } from '../ec2-step.ts'
import { stillGoing } from '../launch-obstacles.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { everyOf, fromTags, ofCluster, refuseForeign } from './tagged.ts'
import { onceVisible, settle, until } from './wait.ts'

/**
 * The pools of a cluster. A single call returns all their instances. For pools that lack instances, the reason is
 * included.
 */
export async function observePools(aws: Aws, cluster: string): Promise<ActualPool[]> {
  const autoScaling = await aws.autoScaling()
  const query = { Filters: [ofCluster(cluster)], MaxRecords: 100 }
  const groups = await everyOf(
    autoScaling.paginateDescribeAutoScalingGroups(query),
    page => page.AutoScalingGroups,
  )
  return Promise.all(groups.map(async group => ({ ...toPool(group), trouble: await troubleOf(aws, group) })))
}

/** Why the last attempt to start instances for a pool failed. Undefined if it succeeded or no instances are needed. */
async function troubleOf(aws: Aws, group: AutoScalingGroup): Promise<string | undefined> {
  const { machines, desired, going } = toPool(group)
  if (going || machines.filter(({ inService }) => inService).length >= desired) return undefined
  const { AutoScalingGroupName, CreatedTime = new Date(0) } = group
  const autoScaling = await aws.autoScaling()
  const { Activities = [] } = await autoScaling.describeScalingActivities({
    AutoScalingGroupName,
    MaxRecords: 20,
  })
  // The newest activity is first. Activities from before the group was created belong to an earlier group with the same
  // name.
  const last = Activities.filter(({ StartTime }) => StartTime === undefined || StartTime >= CreatedTime).find(
    ({ StatusCode = '' }) => ['Successful', 'Failed', 'Cancelled'].includes(StatusCode),
  )
  return last?.StatusCode === 'Successful' ? undefined : last?.StatusMessage
}

function toPool(group: AutoScalingGroup): ActualPool {
  return {
    name: group.AutoScalingGroupName ?? '',
    group: fromTags(group.Tags)[tag.group] ?? '',
    min: group.MinSize ?? 0,
    max: group.MaxSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    subnets: (group.VPCZoneIdentifier ?? '').split(',').filter(id => id !== ''),
    template: group.LaunchTemplate?.LaunchTemplateName,
    pin: group.LaunchTemplate?.Version,
    tags: fromTags(group.Tags),
    going: group.Status !== undefined,
    machines: (group.Instances ?? []).map(machine => ({
      id: machine.InstanceId ?? '',
      inService: machine.LifecycleState === 'InService',
      ...(/^(Terminat|Detach)/.test(machine.LifecycleState ?? '') && { leaving: true }),
      templateVersion:
        machine.LaunchTemplate?.Version === undefined ? undefined : Number(machine.LaunchTemplate.Version),
      zone: machine.AvailabilityZone,
    })),
  }
}

/**
 * Creates or changes a pool.
 *
 * @param newest the newest version of its launch template, for a pool that is to start instances from it
 */
export async function writePool(
  aws: Aws,
  cluster: string,
  step: StepOf<'pool'>,
  newest: string,
): Promise<string> {
  const autoScaling = await aws.autoScaling()
  const Version = step.pin === 'newest' ? newest : String(step.pin)
  const settings = {
    AutoScalingGroupName: step.name,
    ...(step.pin !== 'kept' && { LaunchTemplate: { LaunchTemplateName: step.template, Version } }),
    MinSize: step.min,
    MaxSize: step.max,
    VPCZoneIdentifier: step.subnets.join(','),
  }
  if (step.action === 'update') {
    // Auto Scaling adjusts the desired size to the bounds. The size that we observed may be outdated.
    await onceFree(aws, step.name, () => autoScaling.updateAutoScalingGroup(settings))
    await autoScaling.createOrUpdateTags({ Tags: poolTags(step) })
    return step.name
  }
  const create = onceVisible(
    aws,
    'the launch template of the pool to become visible in Auto Scaling',
    error => isBusy(error) || (error.name === 'ValidationError' && notYetKnown.test(error.message)),
    () => autoScaling.createAutoScalingGroup({ ...settings, Tags: poolTags(step) }),
  )
  await unless(/^AlreadyExists/, create, () => refuseUnlessOurs(aws, cluster, step.name))
  return step.name
}

const notYetKnown = /instance ?profile|launch ?template.*(not exist|not found)/i

/** Auto Scaling accepts one change to a group at a time, and rejects some while it launches or terminates instances. */
function isBusy({ name, message }: Error): boolean {
  return /^(ResourceContention|ResourceInUse|ScalingActivityInProgress)/.test(name) && !gone.test(message)
}

/** Makes a call once Auto Scaling accepts changes to a group. */
export function onceFree<T>(aws: Aws, name: string, call: () => Promise<T>): Promise<T> {
  return onceVisible(aws, `another change of ${name} to finish`, isBusy, call)
}

/** The error messages for a group that no longer exists or is being deleted. */
const gone = /not found|pending delete/i

function poolTags({ name, tags }: StepOf<'pool'>) {
  return Object.entries(tags).map(([Key, Value]) => ({
    Key,
    Value,
    ResourceId: name,
    ResourceType: 'auto-scaling-group',
    // The launch template tags the instances.
    PropagateAtLaunch: false,
  }))
}

async function refuseUnlessOurs(aws: Aws, cluster: string, name: string): Promise<void> {
  const autoScaling = await aws.autoScaling()
  const group = await until(aws, `Auto Scaling group ${name} to become visible`, settle, async () => {
    const query = { AutoScalingGroupNames: [name] }
    const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups(query)
    return AutoScalingGroups[0]
  })
  refuseForeign(`Auto Scaling group ${name}`, cluster, group.Tags)
  if (group.Status !== undefined) throw new Refused([{ path: Path.outside(name), message: stillGoing }])
}

/** Terminates an instance of a pool, which then launches another one. */
export async function replaceFollower(aws: Aws, id: string): Promise<void> {
  const autoScaling = await aws.autoScaling()
  await onceFree(aws, id, () =>
    autoScaling.terminateInstanceInAutoScalingGroup({
      InstanceId: id,
      ShouldDecrementDesiredCapacity: false,
    }),
  )
}

/** Deletes a pool with all its instances, and waits until they are terminated. */
export async function deletePool(aws: Aws, name: string, timeout: number): Promise<void> {
  const autoScaling = await aws.autoScaling()
  const AutoScalingGroupName = name
  const remove = onceFree(aws, name, () =>
    autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true }),
  )
  await unless(/^(ValidationError|ScalingActivityInProgress|ResourceInUse)/, remove, error => {
    if (!gone.test(error.message)) throw error
  })
  await until(aws, `the machines of ${name} to be deleted`, timeout, async () => {
    const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [name],
    })
    return AutoScalingGroups.length === 0 ? true : undefined
  })
}
