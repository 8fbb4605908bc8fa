import { type Agreed, agreedOf } from '../../cluster/agreed.ts'
import type { Cluster, Seat } from '../../cluster/cluster.ts'
import { groupName, seatName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { holdsSeat, isRunning } from '../../plan/machines.ts'
import { type Removal, removal, type Step } from '../../plan/step.ts'
import type { SeatMachine } from './actual.ts'
import type { Resource } from './cloudformation-resource.ts'
import { machineTags } from './ec2-tags.ts'
import type { Facts } from './facts.ts'
import { scalingGroupTags } from './pool.ts'
import { sumOf, type UserDataSum } from './stored-user-data.ts'

/** Launches the instance of a seat. */
export interface LaunchSeat extends Step {
  readonly action: 'launch'
  readonly kind: 'seat'
  readonly seat: number
  readonly group: string
  readonly instanceType: string
  readonly image: string
  readonly subnet: string
  readonly template: string
  readonly userData: UserDataSum
  readonly tags: Readonly<Record<string, string>>
  readonly agreed: Agreed
  /**
   * How many other leaders must be running when it is started, not counting those of this run: an instance that fills a
   * seat of a formed cluster starts with an empty disk and replicates its state from them.
   */
  readonly othersRunning: number
  /** Instances that are terminating or terminated. The seat is launched only after all of them are terminated. */
  readonly after: readonly string[]
}

/** Restarts the instance of a seat with other user data. The instance keeps its disk and its address. */
export interface RestartSeat extends Step {
  readonly action: 'update'
  readonly kind: 'restart'
  readonly machine: string
  readonly userData: UserDataSum
  /** The instance and what belongs to it, whose tags show the user data. */
  readonly targets: readonly string[]
  /** The IDs of the scheduled events for which it is restarted now, and was restarted before. Empty if there are no new events. */
  readonly events: readonly string[]
}

/** The step that restarts the instance of a seat with the user data of the inventory. */
export function restartSeat(facts: Facts, { name, seat }: Seat, holder: SeatMachine): RestartSeat {
  const userData = sumOf(facts, name) ?? missing(name)
  return {
    id: `restart ${name}`,
    needs: [],
    action: 'update',
    kind: 'restart',
    name,
    machine: holder.id,
    userData,
    targets: [holder.id, ...(holder.placement?.parts ?? []).filter(part => part.startsWith('vol-'))],
    events: eventsOf(facts, holder),
    says: {
      sign: '~',
      title: `seat ${seat}`,
      detail: `${holder.id}, stop and start with new user data, keeping the disk`,
    },
  }
}

/** How many IDs of events fit the value of a tag, which has up to 256 characters. */
const idsInTag = 7

function eventsOf({ warnings }: Facts, { id, placement }: SeatMachine): readonly string[] {
  const events = (warnings?.get(id) ?? []).flatMap(({ event }) => event ?? [])
  const before = placement?.tags[tag.restartedFor]?.split(' ') ?? []
  return events.length === 0 ? [] : [...before, ...events].slice(-idsInTag)
}

/**
 * A launch for every seat that no instance holds. The first launch of a cluster fills all seats at once. Later, seats
 * are filled one at a time, each after the previous instance is running: an empty instance replicates the lost state of
 * its seat from the others, and several empty instances might form a quorum without them.
 */
export function seatSteps(facts: Facts, needs: readonly Step[]): readonly LaunchSeat[] {
  const running = runningLeaders(facts)
  const steps = seatsToFill(facts).map(seat => seatStep(facts, seat, needs))
  if (running === 0) return steps
  return steps.map((step, index) => ({
    ...step,
    needs: [...step.needs, ...steps.slice(0, index).map(({ id }) => id)],
    othersRunning: Math.min(running, facts.cluster.quorum),
  }))
}

/** The number of running instances that hold a seat of this cluster. */
export function runningLeaders(facts: Pick<Facts, 'cluster' | 'actual'>): number {
  const surplus = new Set(surplusLeaders(facts).map(({ id }) => id))
  return facts.actual.machines.filter(machine => isRunning(machine) && !surplus.has(machine.id)).length
}

/** The seats that no instance holds. */
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

// A recovery adds only as many empty instances as the quorum lacks. Every quorum then includes all surviving leaders.
function seatsToFill(facts: Facts): readonly Seat[] {
  const empty = emptySeats(facts)
  const running = runningLeaders(facts)
  const lost = isFormed(facts) && running > 0 && running < facts.cluster.quorum
  return lost ? empty.slice(0, facts.cluster.quorum - running) : empty
}

/**
 * Whether the cluster has run with all its leaders, so that an empty seat has lost its state. Always assumed of a
 * cluster that was launched by an earlier release.
 */
export function isFormed({ actual: { claim, machines } }: Pick<Facts, 'actual'>): boolean {
  return claim?.formed ?? machines.some(machine => holdsSeat(machine) && !isClaimed(machine))
}

/** Whether a leader was started by a claim. */
export function isClaimed({ placement }: SeatMachine): boolean {
  return placement !== undefined && tag.claimed in placement.tags
}

/**
 * Leaders that were launched for a different number of leaders than those of this cluster: two ensembles at the same
 * time, which earlier releases could create. None if all were launched for the same number.
 */
function surplusLeaders({ cluster, actual }: Pick<Facts, 'cluster' | 'actual'>): readonly SeatMachine[] {
  const holders = actual.machines.filter(holdsSeat)
  const wanted = cluster.seats.length
  const others = holders.filter(({ leaders, seat }) => (leaders ?? wanted) !== wanted || seat > wanted)
  return others.length === holders.length ? [] : others
}

/** The steps that terminate every leader that belongs to another ensemble. */
export function surplusSteps(facts: Facts): readonly Removal<'seat'>[] {
  return surplusLeaders(facts).map(({ id, seat, leaders }) => {
    const why = `was launched for ${leaders ?? 'another number of'} leaders`
    return { ...removal('seat', seatName(facts.cluster.name, seat), id, [], why), id: `surplus ${id}` }
  })
}

/** The step that terminates a leader's instance. */
export function deleteSeat(cluster: string, { id, seat }: SeatMachine): Removal<'seat'> {
  return removal('seat', seatName(cluster, seat), id, [])
}

function seatStep(facts: Facts, seat: Seat, needs: readonly Step[]): LaunchSeat {
  const { cluster, imageOf, actual } = facts
  const userData = sumOf(facts, seat.name) ?? missing(seat.name)
  const template = groupName(cluster.name, seat.group)
  const { id: image } = imageOf(seat.machine)
  const subnet = seat.subnet ?? missing(`subnet of ${seat.name}`)
  const after = actual.machines
    .filter(machine => !holdsSeat(machine))
    .filter(machine => machine.seat === seat.seat || isSurplusGoing(machine, cluster.seats.length))
    .map(({ id }) => id)
    .sort()
  const gone = after.length === 0 ? '' : `, after ${after.join(', ')}`
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
    subnet,
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
    after,
    says: {
      sign: '+',
      title: `seat ${seat.seat}`,
      detail: `${seat.machine.instanceType} in ${subnet}${gone}`,
    },
  }
}

/**
 * Whether a leader with a different number of leaders is terminating. Until it is terminated, it votes with a quorum of
 * its own.
 */
function isSurplusGoing({ state, seat, leaders }: SeatMachine, wanted: number): boolean {
  return state === 'shutting-down' && (seat > wanted || (leaders ?? wanted) !== wanted)
}

/** Fails for a case that the obstacles exclude before a plan is made. */
function missing(what: string): never {
  throw new Error(`${what} is missing from the plan's facts`)
}

/**
 * A seat as a CloudFormation resource: an Auto Scaling group of one instance. An `AWS::EC2::Instance` would be replaced
 * by launching the new instance first, so two instances would hold the seat; a group with a maximum of 1 terminates the
 * old instance first. Seats depend on each other, so that only one is down at a time.
 */
export function seatResource(
  cluster: Cluster,
  { name, seat, subnet }: LaunchSeat,
  template: Resource['Properties'],
  isFirst: boolean,
): Resource {
  return {
    Type: 'AWS::AutoScaling::AutoScalingGroup',
    Properties: {
      AutoScalingGroupName: name,
      LaunchTemplate: template,
      MinSize: '1',
      MaxSize: '1',
      VPCZoneIdentifier: [subnet],
      InstanceMaintenancePolicy: { MinHealthyPercentage: 0, MaxHealthyPercentage: 100 },
      // Without the tags that identify a pool.
      Tags: scalingGroupTags({ ...cluster.tags, Name: name }),
    },
    UpdatePolicy: {
      AutoScalingRollingUpdate: {
        MinInstancesInService: 0,
        MaxBatchSize: 1,
        PauseTime: 'PT5M',
        SuspendProcesses: ['HealthCheck', 'ReplaceUnhealthy', 'AZRebalance'],
      },
    },
    ...(!isFirst && { DependsOn: [`Leader${seat - 1}`] }),
  }
}
