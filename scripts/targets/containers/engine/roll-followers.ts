import type { PoolStep } from '../../../roll/roll-step.ts'
import { type Container, followersOf, launchFollower, numberOf } from '../container.ts'
import { followerAddresses } from '../network.ts'
import type { ContainerFacts } from '../plan.ts'
import { additionalFollower } from '../plan-container-replacement.ts'
import { type EngineGround, launchContainer, removeContainer } from './container.ts'
import { drainFollower } from './drain.ts'

/** Carries out a step of a pool's rolling update in containers. */
export async function rollFollowers(
  ground: EngineGround,
  facts: ContainerFacts,
  step: PoolStep,
): Promise<void> {
  const pool = facts.cluster.pools.find(({ name }) => name === step.pool)
  if (pool === undefined) throw new Error(`there is no pool ${step.pool}`)
  const present = followersOf(facts.actual.containers, pool.group)
  switch (step.does) {
    case 'canary':
    case 'surge':
      // One container at a time. The next observation shows whether another one is needed.
      await launchContainer(ground, additionalFollower(facts, pool, step.does === 'canary'))
      return
    case 'promote':
      return
    case 'dismiss':
      await endFollowers(
        ground,
        present.filter(({ name }) => step.machines.includes(name)),
      )
      return
    case 'settle':
      await endFollowers(
        ground,
        present.toSorted((a, b) => numberOf(b.name) - numberOf(a.name)).slice(0, -pool.min),
      )
      return
    case 'take':
      await endFollowers(
        ground,
        present.filter(({ name }) => step.machines.includes(name)),
      )
      for (const [index, name] of step.machines.slice(0, step.replaced).entries()) {
        const old = present.find(one => one.name === name)
        if (old !== undefined) await launchContainer(ground, replacementOf(facts, pool, old, index))
      }
  }
}

/** Drains the agents of followers at the same time, and removes their containers. */
async function endFollowers(ground: EngineGround, followers: readonly Container[]): Promise<void> {
  await Promise.all(
    followers.map(async ({ id }) => {
      await drainFollower(ground, id)
      await removeContainer(ground.engine, id)
    }),
  )
}

function replacementOf(
  facts: ContainerFacts,
  pool: Parameters<typeof launchFollower>[1],
  old: Container,
  index: number,
) {
  const { containers, network } = facts.actual
  const subnet = network?.subnet ?? ''
  const taken = containers.flatMap(({ address }) => address ?? [])
  const address = followerAddresses(subnet, taken)[index] ?? ''
  return launchFollower(facts, pool, {
    subnet,
    needs: [],
    instead: [old],
    name: old.name,
    address,
    reasons: [],
  })
}
