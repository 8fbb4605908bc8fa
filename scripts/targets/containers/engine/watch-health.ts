import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '../../../cluster/cluster.ts'
import type { Blame, Gate } from '../../../health/gate.ts'
import { gatesOf, isUp } from '../../../health/gates.ts'
import type { Report } from '../../../health/report.ts'
import { expectedOf, type Seen } from '../../../health/seen.ts'
import type { Container } from '../container.ts'
import type { Engine } from './engine.ts'
import { observeContainers } from './observe.ts'
import { askReport, lastLines, openReports } from './reports.ts'

/** How a cluster is, as far as its own machines know. */
export interface Health {
  readonly containers: readonly Container[]
  readonly seen: readonly Seen[]
  readonly gates: readonly Gate[]
}

/** A cluster that did not come up: which gates are closed, and what the logs of those to blame say. */
export class NotUp extends Error {
  override readonly name = 'NotUp'
  readonly closed: readonly { readonly gate: Gate; readonly logs: readonly Log[] }[]

  constructor(closed: NotUp['closed']) {
    super(closed.map(({ gate }) => gate.name).join(', '))
    this.closed = closed
  }
}

interface Log {
  readonly blame: Blame
  readonly lines: string
}

/** Looks once at all machines of a cluster. */
export async function healthOf(engine: Engine, cluster: Cluster): Promise<Health> {
  const containers = await observeContainers(engine, cluster.name)
  const running = containers.filter(one => !isDown(one))
  const reports = new Map(
    await Promise.all(running.map(async ({ id }) => [id, await askReport(engine, id)] as const)),
  )
  return judge(cluster, containers, id => reports.get(id))
}

/**
 * Waits until every gate is green.
 *
 * @param timeout in milliseconds
 * @param tell hears of the gates each time they were looked at, twice a second
 * @throws NotUp when the time is over, or waiting won't help
 */
export async function awaitHealth(
  { engine, cluster }: { readonly engine: Engine; readonly cluster: Cluster },
  timeout: number,
  tell: (gates: readonly Gate[]) => void,
): Promise<Health> {
  const end = Date.now() + timeout
  const reports = openReports(engine)
  try {
    for (let containers: readonly Container[] | undefined; ; await sleep(250)) {
      if (containers === undefined || reports.broken() || containers.some(isDown)) {
        containers = await observeContainers(engine, cluster.name)
        reports.listenTo(containers.filter(one => !isDown(one)).map(({ id }) => id))
      }
      const health = judge(cluster, containers, reports.latest)
      tell(health.gates)
      if (isUp(health.gates)) return health
      const final = health.gates.some(({ state }) => state === 'failed')
      if (final || Date.now() > end) throw new NotUp(await closedGates(engine, health))
    }
  } finally {
    reports.end()
  }
}

const isDown = ({ state }: Container) => state !== 'running'

function judge(
  cluster: Cluster,
  containers: readonly Container[],
  reportOf: (id: string) => Report | undefined,
): Health {
  const seats = cluster.seats.map(({ name, mode }) => ({ name, leads: true, follows: mode === 'mixed' }))
  const followers = cluster.pools.flatMap(({ name, min }) =>
    Array.from({ length: min }, (_, index) => ({
      name: `${name}-${index + 1}`,
      leads: false,
      follows: true,
    })),
  )
  const seen = [...seats, ...followers].map((node): Seen => {
    const container = containers.find(({ name }) => name === node.name)
    const state = container === undefined ? 'missing' : container.state === 'running' ? 'running' : 'ended'
    const report = container === undefined ? undefined : reportOf(container.id)
    return { ...node, state, reason: container?.reason, report }
  })
  return { containers, seen, gates: gatesOf(seen, expectedOf(cluster, followers.length)) }
}

async function closedGates(engine: Engine, { containers, gates }: Health): Promise<NotUp['closed']> {
  const closed = gates.filter(({ state }) => state !== 'green')
  return Promise.all(
    closed.map(async gate => {
      const logs = gate.blames.slice(0, 3).map(async blame => {
        const container = containers.find(({ name }) => name === blame.node)
        const lines = container === undefined ? '' : await lastLines(engine, container.id, blame.unit)
        return { blame, lines }
      })
      return { gate, logs: await Promise.all(logs) }
    }),
  )
}
