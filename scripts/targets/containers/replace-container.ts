import { nodesOf } from '../../cluster/cluster.ts'
import { didYouMean } from '../../inventory/nearest.ts'
import { Refused } from '../../inventory/problems.ts'
import type { LocalFacts } from './container-facts.ts'
import { seatStep } from './container-seats.ts'
import type { LocalStep } from './container-step.ts'
import { followerStep, takenAddresses } from './followers.ts'
import { followerAddresses } from './network.ts'

/**
 * The step that gives a node another machine: the old one is terminated first.
 *
 * @throws Refused when the cluster has no node of this name, or no network yet
 */
export function planReplace(facts: LocalFacts, name: string): LocalStep {
  const { cluster, actual } = facts
  const { network } = actual
  if (network === undefined) {
    throw new Refused([{ path: '--node', message: 'nothing of this cluster runs here; launch it first' }])
  }
  const instead = actual.containers.filter(container => container.name === name)
  const place = { subnet: network.subnet, needs: [], instead }
  const seat = cluster.seats.find(one => one.name === name)
  if (seat !== undefined) {
    const held = actual.containers.filter(container => container.seat === seat.seat)
    return seatStep(facts, seat, { ...place, instead: held })
  }
  const pool = cluster.pools.find(one => instead.some(({ group }) => group === one.group))
  if (pool !== undefined) {
    const [address = ''] = followerAddresses(network.subnet, takenAddresses(actual))
    return followerStep(facts, pool, { ...place, name, address, reasons: [] })
  }
  const names = [...nodesOf(cluster), ...actual.containers].map(node => node.name)
  throw new Refused([{ path: '--node', message: `no node is named ${name}${didYouMean(name, names)}` }])
}
