import type { Pool } from '../../cluster/cluster.ts'
import { groupName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { type Removal, removal, type Step } from '../../plan/step.ts'
import { count } from '../../plan/words.ts'
import type { ActualPool } from './actual.ts'
import type { Resource } from './cloudformation-resource.ts'
import { missingTags, toTags } from './ec2-tags.ts'
import type { Facts } from './facts.ts'
import { deleteLaunchTemplate } from './launch-template.ts'
import { type Hook, hookSpecification } from './lifecycle-hook.ts'

/** Creates or changes the Auto Scaling group of a pool. */
export interface WritePool extends Step {
  readonly action: 'create' | 'update'
  readonly kind: 'pool'
  readonly group: string
  readonly min: number
  readonly max: number
  readonly subnets: readonly string[]
  readonly template: string
  /** The version of the launch template to pin the pool to: the newest, the one that it has, or a number. */
  readonly pin: 'newest' | 'kept' | number
  readonly instanceType: string
  readonly tags: Readonly<Record<string, string>>
  /** The differences from the current state, in words. */
  readonly changes: readonly string[]
}

/** A step for every pool that does not exist or has different bounds, subnets or a different template. */
export function poolSteps(facts: Facts, needs: readonly Step[]): readonly WritePool[] {
  return facts.cluster.pools.flatMap(pool => {
    const present = facts.actual.pools.find(({ name }) => name === pool.name)
    const changes = present === undefined ? [] : changesOf(facts, pool, present)
    return present !== undefined && changes.length === 0
      ? []
      : [poolStep(facts, pool, present, changes, needs)]
  })
}

function changesOf(facts: Facts, pool: Pool, present: ActualPool): readonly string[] {
  const { cluster } = facts
  const subnets = (ids: readonly string[]) => [...ids].sort().join(', ')
  return [
    pool.min === present.min ? '' : `min ${present.min} → ${pool.min}`,
    pool.max === present.max || isEnlarged(present) ? '' : `max ${present.max} → ${pool.max}`,
    subnets(pool.subnets) === subnets(present.subnets) ? '' : `subnets → ${subnets(pool.subnets)}`,
    pool.name === present.template ? '' : `launch template → ${pool.name}`,
    ...sayPin(facts, present),
    ...Object.entries(missingTags(cluster.tags, present.tags)).map(([key, value]) => `tag ${key} → ${value}`),
  ].filter(change => change !== '')
}

/** Whether a rolling update has enlarged a pool. It restores the size and the bounds itself. */
export function isEnlarged({ tags }: ActualPool): boolean {
  return tag.size in tags
}

function sayPin(facts: Facts, present: ActualPool): readonly string[] {
  const pin = provenVersion(facts, present)
  return pin === undefined ? [] : [`pin to launch template version ${pin}`]
}

/**
 * The version to pin a pool to that starts instances from whichever version is the newest, as pools of earlier releases
 * do: the one that most of its instances run, and the older one of two. Undefined if the pool is pinned already.
 */
export function provenVersion({ actual }: Pick<Facts, 'actual'>, pool: ActualPool): number | undefined {
  if (pool.pin === undefined || /^\d+$/.test(pool.pin)) return undefined
  const versions = pool.machines.flatMap(({ templateVersion }) => templateVersion ?? [])
  const running = (version: number) => versions.filter(one => one === version).length
  const [most] = [...new Set(versions)].sort((a, b) => running(b) - running(a) || a - b)
  return most ?? actual.launchTemplates.find(({ name }) => name === pool.template)?.version
}

function poolStep(
  facts: Facts,
  pool: Pool,
  present: ActualPool | undefined,
  changes: readonly string[],
  needs: readonly Step[],
): WritePool {
  const { cluster } = facts
  const template = groupName(cluster.name, pool.group)
  return {
    id: `pool ${pool.name}`,
    needs: needs
      .filter(({ kind, id }) => kind !== 'launch template' || id === `launch template ${template}`)
      .map(({ id }) => id),
    action: present === undefined ? 'create' : 'update',
    kind: 'pool',
    name: pool.name,
    group: pool.group,
    min: pool.min,
    max: pool.max,
    subnets: pool.subnets,
    template,
    pin: present?.template === template ? (provenVersion(facts, present) ?? 'kept') : 'newest',
    instanceType: pool.machine.instanceType,
    tags: { ...cluster.tags, [tag.cluster]: cluster.name, [tag.group]: pool.group },
    changes,
    says: {
      sign: present === undefined ? '+' : '~',
      title: 'pool',
      detail: changes.length > 0 ? changes.join(', ') : sayPool(pool),
    },
  }
}

function sayPool({ min, max, machine, subnets }: Pool): string {
  return `${min === max ? min : `${min} to ${max}`} × ${machine.instanceType} in ${subnets.join(', ')}`
}

/** Pools that the inventory does not name. */
export function surplusPools({ cluster, actual }: Facts): readonly ActualPool[] {
  return actual.pools.filter(({ name, going }) => !going && !cluster.pools.some(pool => pool.name === name))
}

/**
 * If pruning was requested: steps that delete every pool that the inventory does not name, with its launch template.
 */
export function prunedPools(facts: Facts): readonly Removal<'pool' | 'launch template'>[] {
  if (facts.prune !== true) return []
  const pools = surplusPools(facts).map(({ name, machines }) => {
    const why = `with ${count(machines.length, 'machine')}`
    return { ...removal('pool', name, name, [], why), id: `remove pool ${name}` }
  })
  const nodes = [...facts.cluster.seats, ...facts.cluster.pools]
  const known = nodes.map(({ group }) => groupName(facts.cluster.name, group))
  const templates = facts.actual.launchTemplates
    .filter(({ name }) => !known.includes(name))
    .map(template => {
      const own = pools.filter(pool => pool.name === template.name)
      return { ...deleteLaunchTemplate(template, own), id: `remove launch template ${template.name}` }
    })
  return [...pools, ...templates]
}

/** The step that deletes a pool with all its instances. */
export function deletePool({ name }: ActualPool): Removal<'pool'> {
  return removal('pool', name, name, [])
}

/** A pool as a CloudFormation resource. */
export function poolResource(
  { name, min, max, subnets, tags }: WritePool,
  template: Resource['Properties'],
  hook: Hook,
): Resource {
  return {
    Type: 'AWS::AutoScaling::AutoScalingGroup',
    Properties: {
      AutoScalingGroupName: name,
      LaunchTemplate: template,
      MinSize: String(min),
      MaxSize: String(max),
      VPCZoneIdentifier: subnets,
      LifecycleHookSpecificationList: [hookSpecification(hook)],
      Tags: scalingGroupTags(tags),
    },
  }
}

/** Tags of an Auto Scaling group. The launch template tags the instances. */
export function scalingGroupTags(tags: Readonly<Record<string, string>>) {
  return toTags(tags).map(one => ({ ...one, PropagateAtLaunch: false }))
}
