import { didYouMean } from '../../inventory/nearest.ts'
import { Path } from '../../inventory/problem-path.ts'
import { Refused } from '../../inventory/problems.ts'
import { holdsSeat } from '../../plan/machines.ts'
import { removal, type Step } from '../../plan/step.ts'
import type { SeatMachine } from './actual.ts'
import type { Ec2Step } from './ec2-step.ts'
import type { Facts } from './facts.ts'
import { seatChange } from './out-of-date.ts'
import { planLaunch } from './plan-launch.ts'
import { emptySeats, restartSeat } from './seat.ts'

/**
 * Plans the replacement of a node. The instance of a leader is terminated, and its seat is launched again. The instance
 * of a follower is terminated, and Auto Scaling launches another one.
 *
 * @param node the name of a seat, or the ID of an instance in a pool
 * @throws Refused if there is no such node, or if another seat is empty
 */
export function planReplacement(facts: Facts, node: string): readonly Ec2Step[] {
  const { cluster, actual } = facts
  const seat = cluster.seats.find(({ name }) => name === node)
  const holder = actual.machines.find(machine => machine.seat === seat?.seat && holdsSeat(machine))
  if (holder !== undefined) return replaceLeader(facts, node, holder)
  if (seat !== undefined) refuse(`${node} has no instance; launch it with npm run launch`)
  const ids = actual.pools.flatMap(({ machines }) => machines.map(({ id }) => id))
  if (ids.includes(node)) return [removal('follower', node, node, [], 'Auto Scaling launches another one')]
  const names = [...cluster.seats.map(({ name }) => name), ...ids]
  const hint =
    didYouMean(node, names) || '; npm run status shows the names of leaders and the IDs of followers'
  return refuse(`unknown node ${node}${hint}`)
}

/**
 * Plans to restart the instance of a leader with the user data of the inventory. Its disk and its address stay.
 *
 * @param node the name of a seat
 * @throws Refused if the node is no leader, if more than its user data is different, or if another seat is empty
 */
export function planRestart(facts: Facts, node: string): readonly Ec2Step[] {
  const { cluster, actual } = facts
  const seat = cluster.seats.find(({ name }) => name === node)
  const holder = actual.machines.find(machine => machine.seat === seat?.seat && holdsSeat(machine))
  // The messages about unknown nodes and empty seats are the same.
  if (seat === undefined || holder === undefined) {
    planReplacement(facts, node)
    return refuse(
      `${node} is a follower; Auto Scaling launches a new one if it is replaced without --keep-disk`,
    )
  }
  refuseEmptySeats(facts)
  const { change, reasons } = seatChange(facts, seat, holder)
  if (change === 'nothing') refuse(`${node} has the settings of the inventory already`)
  if (change === 'machine')
    refuse(`${node} needs a new machine (${reasons.join(', ')}); leave out --keep-disk`)
  const { steps } = planLaunch(facts)
  const bodies = steps.filter(step => step.kind === 'user-data' && step.name === node)
  return [...bodies, { ...restartSeat(facts, seat, holder), needs: bodies.map(({ id }) => id) }]
}

/** The steps of a launch without the instance, limited to its seat, with its termination just before the launch. */
function replaceLeader(facts: Facts, name: string, holder: SeatMachine): readonly Ec2Step[] {
  refuseEmptySeats(facts)
  const machines = facts.actual.machines.map(machine =>
    machine === holder ? ({ ...machine, state: 'shutting-down' } as const) : machine,
  )
  const { steps } = planLaunch({ ...facts, actual: { ...facts.actual, machines } })
  const launch = steps.find(step => step.kind === 'seat' && step.action === 'launch')
  if (launch === undefined) throw new Error(`the plan does not launch ${name}`)
  const needed = neededBy(steps, launch)
  const end = removal('seat', name, holder.id, needed)
  return [...needed, end, { ...launch, needs: [...launch.needs, end.id] }]
}

function refuseEmptySeats(facts: Facts): void {
  const empty = emptySeats(facts).map(seat => seat.name)
  if (empty.length > 0) refuse(`${empty.join(', ')} must be launched first: npm run launch`)
}

/** The steps that must be done before a step, in their order. */
function neededBy(steps: readonly Ec2Step[], step: Step): readonly Ec2Step[] {
  const ids = new Set(step.needs)
  for (const one of steps.toReversed()) if (ids.has(one.id)) for (const id of one.needs) ids.add(id)
  return steps.filter(({ id }) => ids.has(id))
}

function refuse(message: string): never {
  throw new Refused([{ path: Path.ofOption('--node'), message }])
}
