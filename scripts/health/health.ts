import type { Cluster } from '../cluster/cluster.ts'
import type { Blame, Gate } from './gate.ts'
import { gatesOf } from './gates.ts'
import { type Expected, expectedOf, type Seen } from './seen.ts'

/** The health of a cluster, as reported by its nodes. */
export interface Health {
  readonly seen: readonly Seen[]
  readonly gates: readonly Gate[]
}

/** A node as it is shown: its report and the state of its machine. */
export interface NodeView extends Seen {
  /** Undefined for leaders. */
  readonly pool: string | undefined
  readonly machine: string | undefined
  readonly address: string | undefined
  /** The age of its report, in seconds. Undefined if there is none, or if it is not known. */
  readonly age: number | undefined
  /** The clock of the node when it reported, in Unix seconds. */
  readonly time?: number | undefined
  /** How far this clock was ahead of that of this machine, in seconds. Undefined if it is not known. */
  readonly ahead?: number | undefined
  /** Additional information about its age or state. */
  readonly remark: string
  /** What threatens its machine, according to the target. Undefined if it was not asked, or knows nothing of the kind. */
  readonly warnings?: readonly MachineWarning[]
}

/** A scheduled event of a machine, or a failed check of the target. */
export interface MachineWarning {
  /** `instance-retirement`, `system-status`. */
  readonly code: string
  /** When the event begins, or since when the check has failed, in ISO 8601. Null if the target does not say it. */
  readonly time: string | null
  /** `instance retirement on 2026-12-03`. */
  readonly message: string
}

/** A web page that a browser on this machine can open. */
export interface Page {
  readonly node: string
  readonly what: 'Mesos' | 'Marathon'
  readonly url: string
}

/** The health of a cluster as it is shown. */
export interface HealthView {
  readonly nodes: readonly NodeView[]
  readonly gates: readonly Gate[]
  readonly pages: readonly Page[]
}

/** A cluster that did not become healthy: the gates that are not green, with the logs of the nodes to blame. */
export class NotUp extends Error {
  override readonly name = 'NotUp'
  readonly closed: readonly { readonly gate: Gate; readonly logs: readonly Log[] }[]

  constructor(closed: NotUp['closed']) {
    super(closed.map(({ gate }) => gate.name).join(', '))
    this.closed = closed
  }
}

/** Log lines of a node that keeps a gate from being green. */
export interface Log {
  readonly blame: Blame
  readonly lines: string
}

/**
 * Determines the health of a cluster from what is known about each node.
 *
 * @param followers the names of the nodes in pools
 * @param look returns what is known about a node, by its name; undefined if the node has no machine
 * @param stage what is expected differently while the number of leaders changes
 */
export function healthOf(
  cluster: Cluster,
  followers: readonly string[],
  look: (name: string) => Omit<Seen, 'name' | 'leads' | 'follows'> | undefined,
  stage: Partial<Expected> = {},
): Health {
  const missing = { state: 'missing', reason: undefined, report: undefined } as const
  const nodes = [
    ...cluster.seats.map(({ name, mode }) => ({ name, leads: true, follows: mode === 'mixed' })),
    ...followers.map(name => ({ name, leads: false, follows: true })),
  ]
  const seen = nodes.map((node): Seen => ({ ...node, ...(look(node.name) ?? missing) }))
  return { seen, gates: gatesOf(seen, { ...expectedOf(cluster, followers.length), ...stage }) }
}

/** The gates that are not green, each with the last log lines of the nodes to blame. */
export async function closedGates(
  { gates }: Health,
  linesOf: (blame: Blame) => Promise<string>,
): Promise<NotUp['closed']> {
  const closed = gates.filter(({ state }) => state !== 'green')
  return Promise.all(
    closed.map(async gate => {
      const logs = gate.blames.slice(0, 3).map(async blame => ({ blame, lines: await linesOf(blame) }))
      return { gate, logs: await Promise.all(logs) }
    }),
  )
}
