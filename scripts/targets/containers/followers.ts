import type { Pool } from '../../cluster/cluster.ts'
import { type Container, followersOf, type LocalActual, numberOf } from './container.ts'
import type { LocalFacts } from './container-facts.ts'
import { launchOf, reasonsOf, startStep } from './container-seats.ts'
import type { LocalStep } from './container-step.ts'
import { followerAddresses } from './network.ts'

/**
 * The steps that make each pool as large as its least size, and as new as the inventory: there is no scaling
 * in containers. The highest numbers go first.
 */
export function followerSteps(
  facts: LocalFacts,
  subnet: string,
  needs: readonly LocalStep[],
): readonly LocalStep[] {
  const free = followerAddresses(subnet, takenAddresses(facts.actual))
  return facts.cluster.pools.flatMap((pool, index) => {
    const before = facts.cluster.pools.slice(0, index).reduce((sum, { min }) => sum + min, 0)
    return poolSteps(facts, pool, { subnet, needs, free: free.slice(before) })
  })
}

/** The addresses that containers have, running or not. */
export function takenAddresses({ containers }: LocalActual): readonly string[] {
  return containers.flatMap(({ address }) => address ?? [])
}

interface Ground {
  readonly subnet: string
  readonly needs: readonly LocalStep[]
  /** Addresses, at least one for each follower of the pool. */
  readonly free: readonly string[]
}

function poolSteps(facts: LocalFacts, pool: Pool, { subnet, needs, free }: Ground): readonly LocalStep[] {
  const present = followersOf(facts.actual.containers, pool.group)
  const wanted = Array.from({ length: pool.min }, (_, index) => index + 1)
  const kept = wanted.flatMap(number => {
    const holder = present.find(({ name }) => numberOf(name) === number)
    const name = `${pool.name}-${number}`
    return stepsFor(facts, pool, { name, subnet, holder, needs, address: free[number - 1] ?? '' })
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
    readonly address: string
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
    readonly address: string
    readonly needs: readonly LocalStep[]
    readonly instead: readonly Container[]
    readonly reasons: readonly string[]
  },
): LocalStep {
  const { name, subnet, address, needs, instead, reasons } = place
  return {
    id: `follower ${name}`,
    needs: needs.map(({ id }) => id),
    kind: 'follower',
    seat: undefined,
    ports: [],
    ...launchOf(facts, pool, { name, subnet, address, instead }),
    reasons,
  }
}

/** The removal of a follower. */
export function deleteStep({ id, name }: Container): LocalStep {
  return { id: `follower ${name}`, needs: [], action: 'delete', kind: 'follower', name, target: id }
}
