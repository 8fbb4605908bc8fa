import type { Cluster, Seat } from '../../cluster/cluster.ts'
import { seatName } from '../../cluster/names.ts'
import { quorumOf } from '../../cluster/quorum.ts'
import type { Health, healthOf } from '../../health/health.ts'
import { expectedOf } from '../../health/seen.ts'
import { Path } from '../../inventory/problem-path.ts'
import { orRefuse, type Problem, Refused } from '../../inventory/problems.ts'
import { holdsSeat } from '../../plan/machines.ts'
import { seatsAreHeldOnce } from '../../plan/obstacles.ts'
import type { Observed, Resize, RollSeat } from '../../roll/observed.ts'
import { stageOf, whyNotResize } from '../../roll/resize.ts'
import { asMachines, type Container } from './container.ts'
import { observedIn } from './observed-containers.ts'
import { allHaveAddresses, type ContainerFacts, namesAreOurs, secretsStay, unfinished } from './plan.ts'
import { seatChange } from './plan-container-replacement.ts'

/**
 * The change from the number of leaders that runs, or of the change that was interrupted, to the number in the inventory.
 *
 * @throws Refused if it is not possible
 */
export function resizeOf(facts: ContainerFacts): Resize {
  const { cluster, actual } = facts
  const to = cluster.seats.length
  const { resizing } = actual
  const from =
    resizing === undefined ? runningLeaders(facts) : resizing.to === to ? resizing.from : resizing.to
  const isOther = resizing !== undefined && to !== resizing.to && to !== resizing.from
  if (isOther) throw new Refused([unfinished(resizing)])
  const why = whyNotResize({ from, to })
  if (why !== undefined) throw new Refused([{ path: Path.ofOption('--leaders'), ...why }])
  return orRefuse({ from, to }, [
    ...seatsAreHeldOnce({ cluster, actual: asMachines(cluster.name, actual.containers) }),
    ...secretsStay(facts),
    ...namesAreOurs(facts),
    ...allHaveAddresses(facts),
    ...imagesAreTheSame(facts, from),
  ])
}

/** @throws Refused unless a whole cluster exists */
function runningLeaders({ cluster, actual }: ContainerFacts): number {
  const holders = leadersIn(actual.containers)
  const numbers = [...new Set(holders.map(({ leaders = 0 }) => leaders))]
  const [from = 0] = numbers
  const refuse = (path: string, message: string): never => {
    throw new Refused([{ path: Path.outside(path), message }])
  }
  if (holders.length === 0)
    return refuse(cluster.name, 'is not running on this machine; launch it with npm run launch')
  if (numbers.length > 1)
    return refuse(
      cluster.name,
      `has leaders for clusters of ${numbers.join(' and ')} leaders; see docs/recovery.md`,
    )
  const empty = seatNumbers(from).find(seat => !holders.some(one => one.seat === seat))
  if (empty === undefined) return from
  const name = seatName(cluster.name, empty)
  return refuse(name, `has no machine; launch it first with npm run launch -- --leaders ${from}`)
}

// A machine with another image would have to be replaced, and would have to recover from a quorum that is changing.
function imagesAreTheSame({ actual, image }: ContainerFacts, from: number): readonly Problem[] {
  return leadersIn(actual.containers)
    .filter(one => one.image !== image)
    .map(({ name }) => ({
      path: Path.outside(name),
      message: `has another image than the inventory describes; first run npm run roll -- --leaders ${from}`,
    }))
}

function leadersIn(containers: readonly Container[]): readonly Container[] {
  return containers.filter(one => one.seat !== undefined && holdsSeat(one))
}

/** The numbers of the seats of a cluster. */
export function seatNumbers(leaders: number): readonly number[] {
  return Array.from({ length: leaders }, (_, index) => index + 1)
}

/**
 * What a change of the number of leaders decides by.
 *
 * @param healthIn the health of the cluster with the given seats, of which something else may be expected
 */
export function observedInResize(
  facts: ContainerFacts,
  resize: Resize,
  healthIn: (cluster: Cluster, stage: Parameters<typeof healthOf>[3]) => Health,
): Observed {
  const seats = seatsIn(facts, resize)
  const held = clusterAtStage(facts, seats)
  const stage = stageOf(seats, resize, healthIn(held, {}).seen)
  const observed = observedIn(facts, healthIn(held, stage))
  const expected = { ...expectedOf(held, observed.expected.followers), ...stage }
  return { ...observed, expected, seats, resize }
}

function seatsIn(facts: ContainerFacts, { from, to }: Resize): readonly RollSeat[] {
  const all = leadersIn(facts.actual.containers)
  const last = Math.max(from, to, ...all.map(({ seat = 0 }) => seat))
  return seatNumbers(last).map((seat): RollSeat => {
    const holders = all.filter(one => one.seat === seat)
    const name = seatName(facts.cluster.name, seat)
    const [holder] = holders
    return {
      name,
      holders: holders.map(({ id }) => id),
      leaders: holder?.leaders,
      surplus: seat > to,
      stopped: holder?.state === 'stopped',
      ...(seat > to ? { change: 'nothing', reasons: [] } : seatChange(facts, name)),
    }
  })
}

/** The cluster with the seats that have a container now. */
function clusterAtStage({ cluster }: ContainerFacts, seats: readonly RollSeat[]): Cluster {
  const [first] = cluster.seats
  const held = seats.flatMap(({ name, holders }, index): readonly Seat[] => {
    if (holders.length === 0 || first === undefined) return []
    return [cluster.seats[index] ?? { ...first, name, seat: index + 1 }]
  })
  return { ...cluster, seats: held, quorum: quorumOf(held.length) }
}
