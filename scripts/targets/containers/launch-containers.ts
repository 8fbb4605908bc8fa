import { orRefuse } from '../../inventory/problems.ts'
import type { OutOfDate } from '../ec2/step.ts'
import type { Container } from './container.ts'
import type { LocalFacts } from './container-facts.ts'
import { localObstacles } from './container-obstacles.ts'
import { reasonsOf, seatSteps } from './container-seats.ts'
import type { LocalPlan, LocalStep } from './container-step.ts'
import { deleteStep, followerSteps } from './followers.ts'
import { networkName } from './labels.ts'
import { freeSubnet } from './network.ts'

/**
 * Plans the way from the containers that are there to those the inventory asks for.
 *
 * @throws Refused when a launch would break a rule, or would touch what isn't ours
 */
export function planLocalLaunch(facts: LocalFacts): LocalPlan {
  orRefuse(facts, localObstacles(facts))
  const { cluster, actual } = facts
  const subnet = actual.network?.subnet ?? freeSubnet(cluster.name, actual.subnets)
  const network = networkSteps(facts, subnet)
  return {
    cluster: cluster.name,
    target: 'local',
    leaders: cluster.seats.length,
    quorum: cluster.quorum,
    steps: [
      ...network,
      ...seatSteps(facts, subnet, network),
      ...followerSteps(facts, subnet, network),
      ...(facts.prune === true ? surplusFollowers(facts).map(deleteStep) : []),
    ],
    outOfDate: oldSeats(facts),
    surplus: facts.prune === true ? [] : surplusPools(facts),
  }
}

function networkSteps({ cluster, actual }: LocalFacts, subnet: string): readonly LocalStep[] {
  if (actual.network !== undefined) return []
  const name = networkName(cluster.name)
  return [{ id: `network ${name}`, needs: [], action: 'create', kind: 'network', name, subnet }]
}

// Leaders are replaced by a person, one at a time, while the others hold the quorum.
function oldSeats(facts: LocalFacts): readonly OutOfDate[] {
  return facts.cluster.seats.flatMap(seat =>
    facts.actual.containers
      .filter(container => container.seat === seat.seat)
      .map(container => ({
        name: seat.name,
        machine: container.id,
        reasons: reasonsOf(facts, seat.name, container),
      }))
      .filter(({ reasons }) => reasons.length > 0),
  )
}

function surplusFollowers({ cluster, actual }: LocalFacts): readonly Container[] {
  const known = new Set(cluster.pools.map(({ group }) => group))
  return actual.containers.filter(({ seat, group }) => seat === undefined && !known.has(group))
}

function surplusPools(facts: LocalFacts): readonly string[] {
  return [...new Set(surplusFollowers(facts).map(({ group }) => `${facts.cluster.name}-${group}`))]
}
