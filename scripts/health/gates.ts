import { checkCloudInit, checkConsul, checkMachines } from './check-machines.ts'
import { checkElection, checkFollowers, checkMarathon, checkMasters, checkZookeeper } from './check-mesos.ts'
import type { Blame, Gate, GateName } from './gate.ts'
import type { Expected, Seen } from './seen.ts'

type Check = (seen: readonly Seen[], expected: Expected) => { detail: string; blames: readonly Blame[] }

/** The gates of a cluster, in the order in which they become green. */
function checksOf(expected: Expected): readonly (readonly [GateName, Check])[] {
  return [
    ['machines', checkMachines],
    ['cloud-init', checkCloudInit],
    ['consul', checkConsul],
    ...(expected.zookeeper ? [['zookeeper', checkZookeeper] as const] : []),
    ['masters', checkMasters],
    ['election', checkElection],
    ['followers', checkFollowers],
    ...(expected.marathon ? [['marathon', checkMarathon] as const] : []),
  ]
}

/** The names of the gates, before anything is known about the cluster. */
export function gateNames(expected: Expected): readonly GateName[] {
  return checksOf(expected).map(([name]) => name)
}

/** All gates. A cluster is healthy when all of them are green. */
export function gatesOf(seen: readonly Seen[], expected: Expected): readonly Gate[] {
  return checksOf(expected).map(([name, check]) => {
    const { detail, blames } = check(seen, expected)
    const failed = blames.some(({ final }) => final)
    return { name, state: blames.length === 0 ? 'green' : failed ? 'failed' : 'waiting', detail, blames }
  })
}

/** Whether every gate is green. */
export function isUp(gates: readonly Gate[]): boolean {
  return gates.every(({ state }) => state === 'green')
}
