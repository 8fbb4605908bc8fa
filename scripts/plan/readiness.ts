import type { Cluster } from '../cluster/cluster.ts'
import { type ActualMachines, holdsSeat } from './machines.ts'

/** The progress of a seat or a pool. */
export interface Readiness {
  readonly name: string
  readonly ready: boolean
  readonly state: string
}

/** The progress of every seat and pool of a cluster, based on its machines only. */
export function readinessOf(cluster: Cluster, { machines, pools }: ActualMachines): readonly Readiness[] {
  const seats = cluster.seats.map(({ name, seat }) => {
    const holder = machines.find(machine => machine.seat === seat && holdsSeat(machine))
    const state = holder === undefined ? 'not created yet' : `${holder.state} (${holder.id})`
    return { name, ready: holder?.state === 'running', state }
  })
  const sizes = cluster.pools.map(({ name }) => {
    const pool = pools.find(present => present.name === name)
    if (pool === undefined) return { name, ready: false, state: 'not created yet' }
    const inService = pool.machines.filter(machine => machine.inService).length
    const why = pool.trouble === undefined ? '' : `: ${pool.trouble}`
    const state = `${inService} of ${pool.desired} in service${why}`
    return { name, ready: inService >= pool.desired, state }
  })
  return [...seats, ...sizes]
}
