import { agreedOf } from '../../cluster/agreed.ts'
import type { Seat } from '../../cluster/cluster.ts'
import { groupName, seatName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { holdsSeat, isRunning, type SeatMachine } from './actual.ts'
import type { Facts } from './facts.ts'
import { machineTags } from './machine-tags.ts'
import type { Removal, Step, StepOf } from './step.ts'
import { sumOf } from './stored-user-data.ts'

/**
 * A launch for every seat that no machine holds. The first launch of a cluster fills all seats at once. Afterwards one
 * is filled at a time, each when the machine before it runs: an empty machine gets what its seat has lost from the
 * others, and several empty ones might decide without them.
 */
export function seatSteps(facts: Facts, needs: readonly Step[]): readonly Step[] {
  const running = runningLeaders(facts)
  const steps = seatsToFill(facts).map(seat => seatStep(facts, seat, needs))
  if (running === 0) return steps
  return steps.map((step, index) => ({
    ...step,
    needs: [...step.needs, ...steps.slice(0, index).map(({ id }) => id)],
    othersRunning: Math.min(running, facts.cluster.quorum),
  }))
}

/** How many machines hold a seat of this cluster and run. */
export function runningLeaders(facts: Pick<Facts, 'cluster' | 'actual'>): number {
  const surplus = new Set(surplusLeaders(facts).map(({ id }) => id))
  return facts.actual.machines.filter(machine => isRunning(machine) && !surplus.has(machine.id)).length
}

/** The seats that no machine holds. */
export function emptySeats({ cluster, actual }: Pick<Facts, 'cluster' | 'actual'>): readonly Seat[] {
  const surplus = new Set(surplusLeaders({ cluster, actual }).map(({ id }) => id))
  const holders = actual.machines.filter(machine => holdsSeat(machine) && !surplus.has(machine.id))
  return cluster.seats.filter(({ seat }) => !holders.some(holder => holder.seat === seat))
}

/** The names of the seats that a recovery leaves empty for now. */
export function leftEmpty(facts: Facts): readonly string[] {
  const filled = seatsToFill(facts)
  return emptySeats(facts).flatMap(seat => (filled.includes(seat) ? [] : [seat.name]))
}

// A recovery adds as many empty machines as the quorum lacks. Every quorum then includes all that have survived.
function seatsToFill(facts: Facts): readonly Seat[] {
  const empty = emptySeats(facts)
  const running = runningLeaders(facts)
  const lost = isFormed(facts) && running > 0 && running < facts.cluster.quorum
  return lost ? empty.slice(0, facts.cluster.quorum - running) : empty
}

/**
 * Whether the cluster has run with all its leaders, so that an empty seat has lost something. A cluster that an earlier
 * release launched is taken for one that has.
 */
export function isFormed({ actual: { claim, machines } }: Pick<Facts, 'actual'>): boolean {
  return claim?.formed ?? machines.some(machine => holdsSeat(machine) && !isClaimed(machine))
}

/** Whether a leader was started by a claim. */
export function isClaimed({ placement }: SeatMachine): boolean {
  return placement !== undefined && tag.claimed in placement.tags
}

/**
 * Leaders that were launched for another number of leaders than those of this cluster: two ensembles side by side, which
 * an earlier release could make. None when all were launched for the same number.
 */
function surplusLeaders({ cluster, actual }: Pick<Facts, 'cluster' | 'actual'>): readonly SeatMachine[] {
  const holders = actual.machines.filter(holdsSeat)
  const wanted = cluster.seats.length
  const others = holders.filter(({ leaders, seat }) => (leaders ?? wanted) !== wanted || seat > wanted)
  return others.length === holders.length ? [] : others
}

/** The removal of every leader that belongs to another ensemble. */
export function surplusSteps(facts: Facts): readonly Removal[] {
  return surplusLeaders(facts).map(({ id, seat, leaders }) => ({
    id: `surplus ${id}`,
    needs: [],
    action: 'delete',
    kind: 'seat',
    name: seatName(facts.cluster.name, seat),
    target: id,
    why: `was launched for ${leaders ?? 'another number of'} leaders`,
  }))
}

function seatStep(facts: Facts, seat: Seat, needs: readonly Step[]): StepOf<'seat'> {
  const { cluster, imageOf, actual } = facts
  const userData = sumOf(facts, seat.name) ?? missing(seat.name)
  const template = groupName(cluster.name, seat.group)
  const { id: image } = imageOf(seat.machine)
  return {
    id: `seat ${seat.name}`,
    needs: needs
      .filter(({ kind, id }) => kind !== 'launch template' || id === `launch template ${template}`)
      .map(({ id }) => id),
    action: 'launch',
    kind: 'seat',
    name: seat.name,
    seat: seat.seat,
    group: seat.group,
    instanceType: seat.machine.instanceType,
    image,
    subnet: seat.subnet ?? missing(`subnet of ${seat.name}`),
    template,
    userData,
    agreed: agreedOf(cluster),
    othersRunning: 0,
    tags: {
      ...machineTags(cluster, seat, seat.name, image),
      [tag.seat]: String(seat.seat),
      [tag.userData]: userData.sha256,
      [tag.claimed]: 'true',
    },
    after: actual.machines
      .filter(machine => !holdsSeat(machine))
      .filter(machine => machine.seat === seat.seat || isSurplusGoing(machine, cluster.seats.length))
      .map(({ id }) => id)
      .sort(),
  }
}

/** Whether a leader of another N is on its way out. Until it is gone it votes with a quorum of its own. */
function isSurplusGoing({ state, seat, leaders }: SeatMachine, wanted: number): boolean {
  return state === 'shutting-down' && (seat > wanted || (leaders ?? wanted) !== wanted)
}

/** Marks what the obstacles have ruled out before a plan is made. */
function missing(what: string): never {
  throw new Error(`${what} is missing from the plan's facts`)
}
