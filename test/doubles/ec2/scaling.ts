import { checkProfile, end, runInstances } from './machines.ts'
import { alive, fromTags, type ScalingGroup, type Store, stateOf, toTags } from './store.ts'
import { templateNamed, versionOf } from './templates.ts'
import { awsError } from './world.ts'

// Auto Scaling groups. They start instances from the version of their template that they name, and terminate them when
// they are deleted.

// biome-ignore lint/suspicious/noExplicitAny: the double takes what the SDK's types allow, and answers as AWS does
type Input = any

function createAutoScalingGroup(store: Store, input: Input) {
  const name = input.AutoScalingGroupName
  if (store.pools.has(name)) throw awsError('AlreadyExists')
  check(store, input)
  const pool: ScalingGroup = {
    name,
    tags: toTags(input.Tags),
    madeAt: store.world.clock.now(),
    template: input.LaunchTemplate.LaunchTemplateName,
    version: input.LaunchTemplate.Version,
    min: input.MinSize,
    max: input.MaxSize,
    desired: input.MinSize,
    subnets: input.VPCZoneIdentifier,
    deleting: false,
  }
  store.pools.set(name, pool)
  fill(store, pool)
  return {}
}

function check(store: Store, { LaunchTemplate: { LaunchTemplateName, Version } }: Input): void {
  try {
    const { data } = versionOf(store, templateNamed(store, LaunchTemplateName), Version)
    checkProfile(store, (data.IamInstanceProfile as { Name?: string } | undefined)?.Name)
  } catch (error) {
    throw awsError(
      'ValidationError',
      `launch template: ${(error as Error).message} not found or IamInstanceProfile`,
    )
  }
}

const membersOf = (store: Store, { name }: ScalingGroup) =>
  alive(store).filter(machine => machine.pool === name)

function fill(store: Store, pool: ScalingGroup): void {
  const members = membersOf(store, pool).filter(({ endedAt }) => endedAt === undefined)
  for (let count = members.length; count < pool.desired; count += 1) {
    const [SubnetId] = pool.subnets.split(',')
    const LaunchTemplate = { LaunchTemplateName: pool.template, Version: pool.version }
    runInstances(store, { LaunchTemplate, SubnetId }, pool.name)
  }
  for (const machine of members.slice(pool.desired)) end(store, machine)
}

function updateAutoScalingGroup(store: Store, input: Input) {
  const pool = store.pools.get(input.AutoScalingGroupName)
  if (pool === undefined || pool.deleting)
    throw awsError('ValidationError', 'AutoScalingGroup name not found')
  if (input.LaunchTemplate !== undefined) {
    check(store, input)
    pool.template = input.LaunchTemplate.LaunchTemplateName
    pool.version = input.LaunchTemplate.Version
  }
  pool.min = input.MinSize
  pool.max = input.MaxSize
  pool.subnets = input.VPCZoneIdentifier
  pool.desired = Math.min(Math.max(pool.desired, pool.min), pool.max)
  fill(store, pool)
  return {}
}

function createOrUpdateTags(store: Store, { Tags }: Input) {
  for (const { ResourceId, Key, Value } of Tags) {
    const pool = store.pools.get(ResourceId)
    if (pool !== undefined) pool.tags[Key] = Value
  }
  return {}
}

function deleteAutoScalingGroup(store: Store, { AutoScalingGroupName }: Input) {
  const pool = store.pools.get(AutoScalingGroupName)
  if (pool === undefined) throw awsError('ValidationError', 'AutoScalingGroup name not found')
  pool.deleting = true
  for (const machine of membersOf(store, pool)) end(store, machine)
  return {}
}

function describeAutoScalingGroups(store: Store, input: Input) {
  for (const pool of store.pools.values()) {
    if (pool.deleting && membersOf(store, pool).length === 0) store.pools.delete(pool.name)
  }
  const names: readonly string[] | undefined = input.AutoScalingGroupNames
  const cluster = input.Filters?.[0]
  const found = [...store.pools.values()].filter(({ name, tags }) =>
    names === undefined ? cluster.Values.includes(tags[cluster.Name.slice(4)]) : names.includes(name),
  )
  return {
    AutoScalingGroups: found.map(pool => ({
      AutoScalingGroupName: pool.name,
      Tags: fromTags(pool.tags),
      MinSize: pool.min,
      MaxSize: pool.max,
      DesiredCapacity: pool.desired,
      VPCZoneIdentifier: pool.subnets,
      LaunchTemplate: { LaunchTemplateName: pool.template, Version: pool.version },
      Status: pool.deleting ? 'Delete in progress' : undefined,
      CreatedTime: new Date(pool.madeAt),
      Instances: membersOf(store, pool).map(machine => ({
        InstanceId: machine.id,
        LifecycleState: stateOf(store, machine) === 'running' ? 'InService' : 'Pending',
        LaunchTemplate: { Version: machine.templateVersion },
      })),
    })),
  }
}

function putLifecycleHook(store: Store, input: Input) {
  const pool = store.pools.get(input.AutoScalingGroupName)
  if (pool === undefined) throw awsError('ValidationError', 'AutoScalingGroup name not found')
  pool.hook = { ...input }
  return {}
}

function describeLifecycleHooks(store: Store, { AutoScalingGroupName }: Input) {
  const pool = store.pools.get(AutoScalingGroupName)
  if (pool === undefined) throw awsError('ValidationError', 'AutoScalingGroup name not found')
  return { LifecycleHooks: pool.hook === undefined ? [] : [pool.hook] }
}

/** The calls by name. */
export const scalingCalls = {
  createAutoScalingGroup,
  updateAutoScalingGroup,
  createOrUpdateTags,
  deleteAutoScalingGroup,
  describeAutoScalingGroups,
  putLifecycleHook,
  describeLifecycleHooks,
}
