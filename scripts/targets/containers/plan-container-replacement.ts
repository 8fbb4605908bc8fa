import { nodesOf, type Pool } from '../../cluster/cluster.ts'
import { didYouMean } from '../../inventory/nearest.ts'
import { Path } from '../../inventory/problem-path.ts'
import { Refused } from '../../inventory/problems.ts'
import { holdsSeat } from '../../plan/machines.ts'
import type { RollSeat } from '../../roll/observed.ts'
import {
  followersOf,
  type LaunchContainer,
  label,
  launchFollower,
  launchSeat,
  numberOf,
  type RestartContainer,
  restartContainer,
} from './container.ts'
import { followerAddresses } from './network.ts'
import { type ContainerFacts, oldSeats, takenAddresses } from './plan.ts'

/**
 * The step that replaces the machine of a node: the old one is removed first.
 *
 * @throws Refused if the cluster has no node with this name, or has no network yet
 */
export function planReplacement(facts: ContainerFacts, name: string): LaunchContainer {
  const { cluster, actual } = facts
  const { network } = actual
  if (network === undefined) {
    throw new Refused([
      {
        path: Path.ofOption('--node'),
        message: 'the cluster is not running on this machine; launch it first',
      },
    ])
  }
  const place = { subnet: network.subnet, needs: [] }
  const seat = cluster.seats.find(one => one.name === name)
  if (seat !== undefined) {
    const instead = actual.containers.filter(container => container.seat === seat.seat)
    return launchSeat(facts, seat, { ...place, instead })
  }
  const instead = actual.containers.filter(container => container.name === name)
  const pool = cluster.pools.find(one => instead.some(({ group }) => group === one.group))
  if (pool !== undefined) {
    const [address = ''] = followerAddresses(network.subnet, takenAddresses(actual))
    return launchFollower(facts, pool, { ...place, instead, name, address, reasons: [] })
  }
  const names = [...nodesOf(cluster), ...actual.containers].map(node => node.name)
  throw new Refused([
    { path: Path.ofOption('--node'), message: `unknown node ${name}${didYouMean(name, names)}` },
  ])
}

/** The container of a pool that a rolling update starts, with the lowest free number. */
export function additionalFollower(facts: ContainerFacts, pool: Pool, canary: boolean): LaunchContainer {
  const { containers, network } = facts.actual
  const numbers = followersOf(containers, pool.group).map(({ name }) => numberOf(name))
  const all = Array.from({ length: numbers.length + 1 }, (_, index) => index + 1)
  const name = `${pool.name}-${all.find(one => !numbers.includes(one))}`
  const subnet = network?.subnet ?? ''
  const [address = ''] = followerAddresses(subnet, takenAddresses(facts.actual))
  const step = launchFollower(facts, pool, { subnet, needs: [], instead: [], name, address, reasons: [] })
  return canary ? { ...step, labels: { ...step.labels, [label.canary]: 'true' } } : step
}

/** What must be changed on the container of a seat. */
export function seatChange(facts: ContainerFacts, name: string): Pick<RollSeat, 'change' | 'reasons'> {
  const [old] = oldSeats(facts).filter(one => one.name === name)
  if (old === undefined) return { change: 'nothing', reasons: [] }
  return { change: old.inPlace ? 'user data' : 'machine', reasons: old.reasons }
}

/**
 * The step that restarts the container of a leader with the user data of the inventory.
 *
 * @throws Refused if the node is not a leader, or if its image is different
 */
export function planRestart(facts: ContainerFacts, name: string): RestartContainer {
  const { cluster, actual } = facts
  const seat = cluster.seats.find(one => one.name === name)
  const holder = actual.containers.find(container => container.seat === seat?.seat && holdsSeat(container))
  const refuse = (message: string): never => {
    throw new Refused([{ path: Path.ofOption('--node'), message }])
  }
  if (seat === undefined || holder === undefined) {
    planReplacement(facts, name)
    return refuse(
      seat === undefined ? `${name} is a follower; leave out --keep-disk` : `${name} has no container`,
    )
  }
  const [old] = oldSeats(facts).filter(({ machine }) => machine === holder.id)
  if (old === undefined) return refuse(`${name} has the settings of the inventory already`)
  if (!old.inPlace) refuse(`${name} needs a new machine (${old.reasons.join(', ')}); leave out --keep-disk`)
  return restartContainer(facts, holder)
}
