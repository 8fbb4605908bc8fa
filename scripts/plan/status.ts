import type { Cluster } from '../cluster/cluster.ts'
import type { UserData } from '../user-data/render.ts'
import { type ActualMachines, type ActualPool, holdsSeat, type SeatMachine } from './machines.ts'

/** What is running of a cluster, next to what its inventory describes. */
export interface Status {
  readonly cluster: string
  readonly leaders: number
  readonly quorum: number
  /** The number of seats whose machine is running. */
  readonly running: number
  readonly seats: readonly SeatStatus[]
  readonly pools: readonly PoolStatus[]
}

export interface SeatStatus {
  readonly name: string
  readonly seat: number
  readonly machine: string | null
  readonly state: string
  readonly address: string | null
  readonly zone: string | null
  readonly image: string | null
  readonly userData: 'current' | 'older' | null
}

export interface PoolStatus {
  readonly name: string
  readonly group: string
  readonly state: 'present' | 'missing' | 'deleting'
  readonly min: number
  readonly max: number
  readonly desired: number
  readonly inService: number
  /** Why it lacks machines, in the words of the target. */
  readonly trouble: string | null
  readonly machines: readonly {
    readonly id: string
    readonly inService: boolean
    readonly zone: string | null
  }[]
}

/** Every seat of the inventory and of the target, and every pool. */
export function statusOf(
  cluster: Cluster,
  userData: ReadonlyMap<string, UserData>,
  actual: ActualMachines,
): Status {
  const held = actual.machines.filter(holdsSeat)
  const seats = cluster.seats.map(({ name, seat }) => {
    const holder = held.find(machine => machine.seat === seat)
    return seatStatus(name, seat, holder, userData.get(name)?.sha256)
  })
  const surplus = held
    .filter(machine => !seats.some(seat => seat.machine === machine.id))
    .map(machine => {
      // Either a seat that is not in the inventory, or a second machine of a seat, which must not exist.
      const name = seats.find(({ seat }) => seat === machine.seat)?.name ?? 'not in the inventory'
      return seatStatus(name, machine.seat, machine, userData.get(name)?.sha256)
    })
  return {
    cluster: cluster.name,
    leaders: cluster.seats.length,
    quorum: cluster.quorum,
    running: seats.filter(({ state }) => state === 'running').length,
    seats: [...seats, ...surplus],
    pools: poolNames(cluster, actual).map(name => poolStatus(cluster, name, actual.pools)),
  }
}

/**
 * How much of a cluster is running: everything, at least a quorum of its leaders, or less. Machines that are not
 * visible count as missing.
 */
export type Standing = 'whole' | 'incomplete' | 'without quorum'

/** How many of a cluster's machines are running. Does not check whether their services work. */
export function standingOf({ seats, pools, running, quorum, leaders }: Status): Standing {
  if (running < quorum) return 'without quorum'
  const full = pools.every(({ state, inService, desired }) => state === 'present' && inService >= desired)
  return running === leaders && seats.length === leaders && full ? 'whole' : 'incomplete'
}

function seatStatus(
  name: string,
  seat: number,
  holder: SeatMachine | undefined,
  sum: string | undefined,
): SeatStatus {
  return {
    name,
    seat,
    machine: holder?.id ?? null,
    state: holder?.state ?? 'missing',
    address: holder?.address ?? null,
    zone: holder?.zone ?? null,
    image: holder?.image ?? null,
    userData: holder === undefined ? null : holder.userData === sum ? 'current' : 'older',
  }
}

function poolNames(cluster: Cluster, actual: ActualMachines): readonly string[] {
  return [...new Set([...cluster.pools, ...actual.pools].map(({ name }) => name))]
}

function poolStatus(cluster: Cluster, name: string, pools: readonly ActualPool[]): PoolStatus {
  const present = pools.find(pool => pool.name === name)
  const machines = present?.machines ?? []
  return {
    name,
    group: present?.group ?? cluster.pools.find(pool => pool.name === name)?.group ?? '',
    min: present?.min ?? 0,
    max: present?.max ?? 0,
    desired: present?.desired ?? 0,
    state: present === undefined ? 'missing' : present.going ? 'deleting' : 'present',
    inService: machines.filter(({ inService }) => inService).length,
    trouble: present?.trouble ?? null,
    machines: machines.map(({ id, inService, zone }) => ({ id, inService, zone: zone ?? null })),
  }
}
