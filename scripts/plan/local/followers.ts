import type { Pool } from '../../cluster/cluster.ts'
import { type Container, followersOf, numberOf } from './actual.ts'
import type { LocalFacts } from './facts.ts'
import { launchOf, reasonsOf, startStep } from './seats.ts'
import type { LocalStep } from './step.ts'

/**
 * The steps that make each pool as large as its least size, and as new as the inventory: there is no scaling
 * in containers. The highest numbers go first.
 */
export function followerSteps(
  facts: LocalFacts,
  subnet: string,
  needs: readonly LocalStep[],
): readonly LocalStep[] {
  return facts.cluster.pools.flatMap(pool => poolSteps(facts, pool, subnet, needs))
}

function poolSteps(
  facts: LocalFacts,
  pool: Pool,
  subnet: string,
  needs: readonly LocalStep[],
): readonly LocalStep[] {
  const present = followersOf(facts.actual.containers, pool.group)
  const wanted = Array.from({ length: pool.min }, (_, index) => index + 1)
  const kept = wanted.flatMap(number => {
    const holder = present.find(({ name }) => numberOf(name) === number)
    const name = `${pool.name}-${number}`
    return stepsFor(facts, pool, { name, subnet, holder, needs })
  })
  const surplus = present.filter(({ name }) => !wanted.includes(numberOf(name)))
  return [...kept, ...surplus.map(deleteStep)]
}

function stepsFor(
  facts: LocalFacts,
  pool: Pool,
  place: {
    readonly name: string
    readonly subnet: string
    readonly holder: Container | undefined
    readonly needs: readonly LocalStep[]
  },
): readonly LocalStep[] {
  const { holder } = place
  if (holder === undefined) return [followerStep(facts, pool, { ...place, instead: [], reasons: [] })]
  const reasons = reasonsOf(facts, pool.name, holder)
  if (holder.state === 'running' && reasons.length === 0) return []
  if (holder.state === 'stopped' && reasons.length === 0) return [startStep('follower', holder)]
  return [followerStep(facts, pool, { ...place, instead: [holder], reasons })]
}

/** The launch of a follower, in the place of the containers that have its name. */
export function followerStep(
  facts: LocalFacts,
  pool: Pool,
  place: {
    readonly name: string
    readonly subnet: string
    readonly needs: readonly LocalStep[]
    readonly instead: readonly Container[]
    readonly reasons: readonly string[]
  },
): LocalStep {
  const { name, subnet, needs, instead, reasons } = place
  return {
    id: `follower ${name}`,
    needs: needs.map(({ id }) => id),
    kind: 'follower',
    seat: undefined,
    ports: [],
    ...launchOf(facts, pool, { name, subnet, address: undefined, instead }),
    reasons,
  }
}

function deleteStep({ id, name }: Container): LocalStep {
  return { id: `follower ${name}`, needs: [], action: 'delete', kind: 'follower', name, target: id }
}
