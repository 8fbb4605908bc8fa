import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '../../../cluster/cluster.ts'
import { isUp } from '../../../health/gates.ts'
import { closedGates, type Health, healthOf, NotUp } from '../../../health/health.ts'
import type { Report } from '../../../health/report.ts'
import type { Expected } from '../../../health/seen.ts'
import { type Container, followerNumbers } from '../container.ts'
import { observeContainers } from './container.ts'
import type { Engine } from './engine.ts'
import { askReport, lastLines, openReports } from './reports.ts'

/** The containers of a cluster, and the report of each that has one. */
export interface Answers {
  readonly containers: readonly Container[]
  readonly reportOf: (id: string) => Report | undefined
}

/** The health of a cluster, with the containers that it is based on. */
export interface Heard extends Health {
  readonly containers: readonly Container[]
}

/** Requests a report from every running container once. */
export async function ask(engine: Engine, cluster: string, request = askReport): Promise<Answers> {
  const containers = await observeContainers(engine, cluster)
  const running = containers.filter(one => !isDown(one))
  const reports = new Map(
    await Promise.all(running.map(async ({ id }) => [id, await request(engine, id)] as const)),
  )
  return { containers, reportOf: id => reports.get(id) }
}

/**
 * The health of a cluster according to its reports.
 *
 * @param stage what is expected differently while the number of leaders changes
 */
export function heard(cluster: Cluster, { containers, reportOf }: Answers, stage?: Partial<Expected>): Heard {
  const followers = cluster.pools.flatMap(pool =>
    followerNumbers(containers, pool).map(number => `${pool.name}-${number}`),
  )
  const look = (name: string) => {
    const container = containers.find(one => one.name === name)
    if (container === undefined) return undefined
    const { id, state, reason } = container
    return { state: state === 'running' ? 'running' : 'ended', reason, report: reportOf(id) } as const
  }
  return { containers, ...healthOf(cluster, followers, look, stage) }
}

const isDown = ({ state }: Container) => state !== 'running'

/**
 * Waits until every gate is green.
 *
 * @param timeout in milliseconds
 * @param tell receives the health after each check
 * @throws NotUp after the timeout, or if waiting will not help
 */
export async function awaitHealth(
  engine: Engine,
  cluster: Cluster,
  timeout: number,
  tell: (health: Health) => void,
): Promise<Heard> {
  const end = Date.now() + timeout
  const reports = openReports(engine)
  try {
    for (let present: readonly Container[] | undefined; ; await sleep(250)) {
      if (present === undefined || reports.broken() || present.some(isDown)) {
        present = await observeContainers(engine, cluster.name)
        reports.listenTo(present.filter(one => !isDown(one)).map(({ id }) => id))
      }
      const health = heard(cluster, { containers: present, reportOf: reports.latest })
      tell(health)
      if (isUp(health.gates)) return health
      const final = health.gates.some(({ state }) => state === 'failed')
      if (final || Date.now() > end) throw await notUp(engine, health)
    }
  } finally {
    reports.end()
  }
}

async function notUp(engine: Engine, health: Heard): Promise<NotUp> {
  const closed = await closedGates(health, async ({ node, unit }) => {
    const container = health.containers.find(({ name }) => name === node)
    return container === undefined ? '' : lastLines(engine, container.id, unit)
  })
  return new NotUp(closed)
}
