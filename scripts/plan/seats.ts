import type { Seat } from '../cluster/cluster.ts'
import { groupName } from '../cluster/names.ts'
import { tag } from '../cluster/tags.ts'
import type { SeatMachine } from './actual.ts'
import { sumOf } from './bodies.ts'
import type { Facts } from './facts.ts'
import { machineTags } from './machine-tags.ts'
import type { Step } from './step.ts'

/** Whether a machine still holds its seat: one that is going may still run, so only one that is gone doesn't. */
export function holdsSeat({ state }: Pick<SeatMachine, 'state'>): boolean {
  return state !== 'terminated' && state !== 'shutting-down'
}

/** A launch for every seat that no machine holds. */
export function seatSteps(facts: Facts, needs: readonly Step[]): readonly Step[] {
  const { cluster, actual } = facts
  return cluster.seats
    .filter(({ seat }) => !actual.machines.some(machine => machine.seat === seat && holdsSeat(machine)))
    .map(seat => seatStep(facts, seat, needs))
}

function seatStep(facts: Facts, seat: Seat, needs: readonly Step[]): Step {
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
    tags: {
      ...machineTags(cluster, seat, seat.name, image),
      [tag.seat]: String(seat.seat),
      [tag.userData]: userData.sha256,
    },
    after: actual.machines
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
