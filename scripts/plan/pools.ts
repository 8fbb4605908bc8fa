import type { Pool } from '../cluster/cluster.ts'
import { groupName } from '../cluster/names.ts'
import { tag } from '../cluster/tags.ts'
import type { ActualPool } from './actual.ts'
import type { Facts } from './facts.ts'
import type { Step } from './step.ts'

/** A step for every pool that isn't there or has other bounds, subnets or template. */
export function poolSteps(facts: Facts, needs: readonly Step[]): readonly Step[] {
  return facts.cluster.pools.flatMap(pool => {
    const present = facts.actual.pools.find(({ name }) => name === pool.name)
    const changes = present === undefined ? [] : changesOf(pool, present)
    return present !== undefined && changes.length === 0
      ? []
      : [poolStep(facts, pool, present, changes, needs)]
  })
}

function changesOf(pool: Pool, present: ActualPool): readonly string[] {
  const subnets = (ids: readonly string[]) => [...ids].sort().join(', ')
  return [
    pool.min === present.min ? '' : `min ${present.min} → ${pool.min}`,
    pool.max === present.max ? '' : `max ${present.max} → ${pool.max}`,
    subnets(pool.subnets) === subnets(present.subnets) ? '' : `subnets → ${subnets(pool.subnets)}`,
    pool.name === present.template ? '' : `launch template → ${pool.name}`,
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
