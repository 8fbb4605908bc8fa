import type { Pool } from '../../cluster/cluster.ts'
import { groupName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import type { ActualPool } from './actual.ts'
import type { Facts } from './facts.ts'
import { missingTags } from './seat-tags.ts'
import type { Removal, Step } from './step.ts'

/** A step for every pool that isn't there or has other bounds, subnets or template. */
export function poolSteps(facts: Facts, needs: readonly Step[]): readonly Step[] {
  return facts.cluster.pools.flatMap(pool => {
    const present = facts.actual.pools.find(({ name }) => name === pool.name)
    const changes = present === undefined ? [] : changesOf(facts, pool, present)
    return present !== undefined && changes.length === 0
      ? []
      : [poolStep(facts, pool, present, changes, needs)]
  })
}

function changesOf({ cluster }: Facts, pool: Pool, present: ActualPool): readonly string[] {
  const subnets = (ids: readonly string[]) => [...ids].sort().join(', ')
  return [
    pool.min === present.min ? '' : `min ${present.min} → ${pool.min}`,
    pool.max === present.max ? '' : `max ${present.max} → ${pool.max}`,
    subnets(pool.subnets) === subnets(present.subnets) ? '' : `subnets → ${subnets(pool.subnets)}`,
    pool.name === present.template ? '' : `launch template → ${pool.name}`,
    ...Object.entries(missingTags(cluster.tags, present.tags)).map(([key, value]) => `tag ${key} → ${value}`),
  ].filter(change => change !== '')
}

function poolStep(
  { cluster }: Facts,
  pool: Pool,
  present: ActualPool | undefined,
  changes: readonly string[],
  needs: readonly Step[],
): Step {
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
    instanceType: pool.machine.instanceType,
    tags: { ...cluster.tags, [tag.cluster]: cluster.name, [tag.group]: pool.group },
    changes,
  }
}

/** Pools that the inventory doesn't name. */
export function surplusPools({ cluster, actual }: Facts): readonly ActualPool[] {
  return actual.pools.filter(({ name, going }) => !going && !cluster.pools.some(pool => pool.name === name))
}

/** The removal of every pool that the inventory doesn't name, where that was asked for, and of its launch template. */
export function prunedPools(facts: Facts): readonly Removal[] {
  if (facts.prune !== true) return []
  const pools = surplusPools(facts).map(
    ({ name, machines }): Removal => ({
      id: `remove pool ${name}`,
      needs: [],
      action: 'delete',
      kind: 'pool',
      name,
      target: name,
      why: `with ${machines.length} ${machines.length === 1 ? 'machine' : 'machines'}`,
    }),
  )
  const nodes = [...facts.cluster.seats, ...facts.cluster.pools]
  const known = nodes.map(({ group }) => groupName(facts.cluster.name, group))
  const templates = facts.actual.launchTemplates
    .filter(({ name }) => !known.includes(name))
    .map(
      ({ id, name }): Removal => ({
        id: `remove launch template ${name}`,
        needs: pools.filter(pool => pool.name === name).map(pool => pool.id),
        action: 'delete',
        kind: 'launch template',
        name,
        target: id,
      }),
    )
  return [...pools, ...templates]
}
