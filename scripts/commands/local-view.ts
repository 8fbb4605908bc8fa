import { env } from '../cli/main.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Status, statusOf } from '../plan/status.ts'
import { healthJson, type Looked, type Page, sayHealth } from '../show/say-health.ts'
import { count } from '../show/say-step.ts'
import { styleFor } from '../show/style.ts'
import { asMachines, type Container } from '../targets/containers/container.ts'
import type { Health } from '../targets/containers/engine/watch-health.ts'
import type { UserData } from '../user-data/render.ts'

/** A cluster in containers, as it is shown and as it is printed as data. */
export function localView(
  cluster: Cluster,
  userData: ReadonlyMap<string, UserData>,
  health: Health,
): { readonly text: string; readonly json: Status & { readonly health: object } } {
  const status = statusOf(cluster, userData, asMachines(cluster.name, health.containers))
  const nodes = health.seen.map(seen => lookedAt(seen, cluster, userData, health.containers))
  const view = { nodes, gates: health.gates, pages: pagesOf(cluster, health) }
  const head =
    `${cluster.name} on this machine: ${status.running} of ${count(status.leaders, 'leader')} running, ` +
    `quorum ${status.quorum}`
  return {
    text: sayHealth(head, view, styleFor(process.stdout, env())),
    json: { ...status, health: healthJson(view) },
  }
}

function lookedAt(
  seen: Health['seen'][number],
  cluster: Cluster,
  userData: ReadonlyMap<string, UserData>,
  containers: readonly Container[],
): Looked {
  const container = containers.find(({ name }) => name === seen.name)
  const node = container?.seat === undefined ? `${cluster.name}-${container?.group}` : seen.name
  const older = container !== undefined && container.userData !== userData.get(node)?.sha256
  const remark = older ? 'older user-data' : ''
  return { ...seen, machine: container?.id, address: container?.address, remark }
}

/** The pages of Mesos and Marathon, by the addresses at which this machine reaches them. An image may lack Marathon. */
function pagesOf(cluster: Cluster, { containers, seen }: Health): readonly Page[] {
  const runs = (name: string) => seen.some(one => one.name === name && one.report?.marathon)
  return cluster.seats.flatMap(({ name, values }): readonly Page[] => {
    const published = containers.find(container => container.name === name)?.published ?? {}
    const page = (what: Page['what'], port: number): readonly Page[] => {
      const at = published[port]
      return at === undefined ? [] : [{ node: name, what, url: `http://${at}/` }]
    }
    return [
      ...page('Mesos', values.mesos_leader_port),
      ...(values.marathon_enabled && runs(name) ? page('Marathon', values.marathon_http_port) : []),
    ]
  })
}
