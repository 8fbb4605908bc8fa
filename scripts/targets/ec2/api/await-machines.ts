import type { Cluster } from '../../../cluster/cluster.ts'
import { orRefuse } from '../../../inventory/problems.ts'
import type { ActualMachines, SeatMachine } from '../../../plan/machines.ts'
import { type Readiness, readinessOf } from '../../../plan/readiness.ts'
import type { Aws } from './connect.ts'
import { observeMachines } from './survey.ts'
import { until } from './wait.ts'

/** What is waited for. */
interface Awaited {
  readonly aws: Aws
  readonly cluster: Cluster
  /** The machines that this run has launched; when one of them ends, so does the wait. */
  readonly launched: ReadonlySet<string>
}

/**
 * Waits until every seat's machine runs and every pool is as large as it wants to be.
 *
 * @param timeout in milliseconds
 * @returns the machines, all of them up
 * @throws TimedOut, Refused
 */
export async function awaitMachines(
  { aws, cluster, launched }: Awaited,
  timeout: number,
  tell: (readiness: Readiness) => void,
): Promise<ActualMachines> {
  let pending = 'the machines'
  return until(
    aws,
    () => pending,
    timeout,
    async () => {
      const actual = await observeMachines(aws, cluster.name)
      refuseEnded(actual.machines, launched)
      const readiness = readinessOf(cluster, actual)
      for (const one of readiness) tell(one)
      const waiting = readiness.filter(({ ready }) => !ready)
      pending = waiting.map(({ name, state }) => `${name}: ${state}`).join(', ')
      return waiting.length === 0 ? actual : undefined
    },
  )
}

/** Ends the wait for what will not come: a machine of this run that ended, or a leader that stands still. */
function refuseEnded(machines: readonly SeatMachine[], launched: ReadonlySet<string>): void {
  const problems = machines.flatMap(({ id, seat, state, reason }) => {
    const why = reason === undefined || reason === '' ? '' : `: ${reason}`
    const ended = launched.has(id) && (state === 'terminated' || state === 'shutting-down')
    if (ended) return [{ path: `seat ${seat}`, message: `its machine ${id} is ${state}${why}` }]
    if (state !== 'stopping' && state !== 'stopped') return []
    return [
      {
        path: `seat ${seat}`,
        message: `its machine ${id} is ${state}; start it, or terminate it and run launch again`,
      },
    ]
  })
  orRefuse(machines, problems)
}
