import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import { tag } from '../cluster/tags.ts'
import { Refused } from '../inventory/problems.ts'
import type { ActualPool } from '../plan/actual.ts'
import { stillGoing } from '../plan/obstacles.ts'
import type { StepOf } from '../plan/step.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { refuseForeign } from './foreign.ts'
import { fromTags, ofCluster } from './tags.ts'
import { onceVisible, settle, until } from './wait.ts'

/** The pools of a cluster. One call tells of all their machines, however many. */
export async function observePools(aws: Aws, cluster: string): Promise<ActualPool[]> {
  const autoScaling = await aws.autoScaling()
  const groups: AutoScalingGroup[] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await autoScaling.describeAutoScalingGroups({
      Filters: [ofCluster(cluster)],
      MaxRecords: 100,
      ...(NextToken !== undefined && { NextToken }),
    })
    groups.push(...(page.AutoScalingGroups ?? []))
    NextToken = page.NextToken
    if (NextToken === undefined) return groups.map(toPool)
  }
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
    going: group.Status !== undefined,
    machines: (group.Instances ?? []).map(machine => ({
      id: machine.InstanceId ?? '',
      inService: machine.LifecycleState === 'InService',
      templateVersion:
        machine.LaunchTemplate?.Version === undefined ? undefined : Number(machine.LaunchTemplate.Version),
      zone: machine.AvailabilityZone,
    })),
  }
}

/** Creates or changes a pool. Its machines start from the newest version of its launch template. */
export async function writePool(aws: Aws, cluster: string, step: StepOf<'pool'>): Promise<string> {
  const autoScaling = await aws.autoScaling()
  const settings = {
    AutoScalingGroupName: step.name,
    LaunchTemplate: { LaunchTemplateName: step.template, Version: '$Latest' },
    MinSize: step.min,
    MaxSize: step.max,
    VPCZoneIdentifier: step.subnets.join(','),
  }
  if (step.action === 'update') {
    // Auto Scaling itself moves the size into the bounds; the one that we saw may be old by now.
    await autoScaling.updateAutoScalingGroup(settings)
    return step.name
  }
  const create = onceVisible(
    'what the pool starts from to be known to Auto Scaling',
    ({ name, message }) => name === 'ValidationError' && notYetKnown.test(message),
    () => autoScaling.createAutoScalingGroup({ ...settings, Tags: poolTags(step) }),
  )
  await unless(/^AlreadyExists/, create, () => refuseUnlessOurs(aws, cluster, step.name))
  return step.name
}

const notYetKnown = /instance ?profile|launch ?template.*(not exist|not found)/i

function poolTags({ name, tags }: StepOf<'pool'>) {
  return Object.entries(tags).map(([Key, Value]) => ({
    Key,
    Value,
    ResourceId: name,
    ResourceType: 'auto-scaling-group',
    // The launch template tags the machines.
    PropagateAtLaunch: false,
  }))
}

async function refuseUnlessOurs(aws: Aws, cluster: string, name: string): Promise<void> {
  const autoScaling = await aws.autoScaling()
  const group = await until(`Auto Scaling group ${name} to be seen`, settle, async () => {
    const query = { AutoScalingGroupNames: [name] }
    const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups(query)
    return AutoScalingGroups[0]
  })
  refuseForeign(`Auto Scaling group ${name}`, cluster, group.Tags)
  if (group.Status !== undefined) throw new Refused([{ path: name, message: stillGoing }])
}

/** Deletes a pool with all its machines, and waits until they are gone. */
export async function deletePool(aws: Aws, name: string, timeout: number): Promise<void> {
  const autoScaling = await aws.autoScaling()
  const AutoScalingGroupName = name
  const remove = autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true })
  await unless(/^ValidationError$/, remove, error => {
    if (!/not found/i.test(error.message)) throw error
  })
  await until(`the machines of ${name} to be gone`, timeout, async () => {
    const { AutoScalingGroups = [] } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [name],
    })
    return AutoScalingGroups.length === 0 ? true : undefined
  })
}
