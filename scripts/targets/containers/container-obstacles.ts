import type { Problem } from '../../inventory/problems.ts'
import { leadersStayAsMany, seatsAreHeldOnce } from '../ec2/obstacles.ts'
import { asMachines } from './container.ts'
import type { LocalFacts } from './container-facts.ts'
import { label, networkName } from './labels.ts'
import { mostFollowers, mostLeaders } from './network.ts'

/** Why a launch on this machine would break a rule, or touch what isn't ours. */
export function localObstacles(facts: LocalFacts): readonly Problem[] {
  const { cluster, userData, actual } = facts
  const shared = { cluster, userData, actual: asMachines(cluster.name, actual.containers) }
  return [
    ...seatsAreHeldOnce(shared),
    ...leadersStayAsMany(shared),
    ...namesAreOurs(facts),
    ...allHaveAddresses(facts),
  ]
}

function namesAreOurs({ cluster, actual }: LocalFacts): readonly Problem[] {
  const followers = cluster.pools.flatMap(({ name, min }) =>
    Array.from({ length: min }, (_, index) => `${name}-${index + 1}`),
  )
  const names = [networkName(cluster.name), ...cluster.seats.map(({ name }) => name), ...followers]
  return names
    .filter(name => actual.foreign.includes(name))
    .map(path => ({
      path,
      message: `something of this name is there without the label ${label.cluster}=${cluster.name}; remove it, or rename the cluster`,
    }))
}

function allHaveAddresses({ cluster }: LocalFacts): readonly Problem[] {
  const followers = cluster.pools.reduce((sum, { min }) => sum + min, 0)
  return [
    [cluster.seats.length, mostLeaders, 'leaders'] as const,
    [followers, mostFollowers, 'followers'] as const,
  ]
    .filter(([asked, most]) => asked > most)
    .map(([asked, most, what]) => ({
      path: `--${what}`,
      message: `at most ${most} ${what} run on one machine, got ${asked}; use ${most} or fewer`,
    }))
}
