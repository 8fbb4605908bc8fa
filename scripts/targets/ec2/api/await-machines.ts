import type { Cluster } from '../../../cluster/cluster.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { orRefuse } from '../../../inventory/problems.ts'
import type { ActualMachines, SeatMachine } from '../../../plan/machines.ts'
import { type Readiness, readinessOf } from '../../../plan/readiness.ts'
import type { Aws } from './connect.ts'
import { observeMachines } from './survey.ts'
import { until } from './wait.ts'

/** What to wait for. */
interface Awaited {
  readonly aws: Aws
  readonly cluster: Cluster
  /** The instances that this run has launched. The wait fails if one of them terminates. */
  readonly launched: ReadonlySet<string>
}

/**
 * Waits until the instance of every seat is running and every pool has its desired size.
 *
 * @param timeout in milliseconds
 * @returns the instances, all running
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

/** Fails the wait if an instance of this run has terminated or a leader is stopped. */
function refuseEnded(machines: readonly SeatMachine[], launched: ReadonlySet<string>): void {
  const problems = machines.flatMap(({ id, seat, state, reason }) => {
    const why = reason === undefined || reason === '' ? '' : `: ${reason}`
    const ended = launched.has(id) && (state === 'terminated' || state === 'shutting-down')
    if (ended) return [{ path: Path.outside(`seat ${seat}`), message: `its machine ${id} is ${state}${why}` }]
    if (state !== 'stopping' && state !== 'stopped') return []
    return [
      {
        path: Path.outside(`seat ${seat}`),
        message: `its machine ${id} is ${state}; start it, or terminate it and run launch again`,
      },
    ]
  })
  orRefuse(machines, problems)
}
