import type { Cluster, Mode, Node } from '../cluster/cluster.ts'
import { ensembleOf, type Server, zkService, zkUrl } from '../cluster/ensemble.ts'
import { tag } from '../cluster/tags.ts'
import type { Values } from '../inventory/variables.ts'
import { environmentOf } from './environment.ts'

/** The variables of the templates. They do not depend on the machine, the time or random values. */
export interface View {
  readonly cluster: ClusterView
  readonly node: NodeView
  readonly vars: Values
}

interface ClusterView {
  readonly name: string
  readonly leaders: number
  /** The number of addresses of the ZooKeeper name: one for each seat, or the minimum for a custom name. */
  readonly zkAddresses: number
  readonly quorum: number
  readonly ensemble: readonly Server[]
  /** The cloud auto-join setting of Consul: the instances with the tag of the cluster's leaders. */
  readonly join: string
  readonly zkService: string
  readonly mesosZk: string
  readonly marathonZk: string
  /**
   * The number of addresses in a DNS answer. The default of Consul, 3, would omit seats of a cluster with five leaders.
   */
  readonly dnsAnswers: number
}

interface NodeView {
  readonly name: string
  readonly mode: Mode
  readonly seat: number | undefined
  readonly masterFlags: readonly Setting[]
  readonly agentFlags: readonly Setting[]
  readonly marathonFlags: readonly Setting[]
}

/** A line of an environment file. */
export type Setting = readonly [name: string, value: string]

/** The variables for the templates of a node. */
export function viewOf(cluster: Cluster, node: Node): View {
  const { values } = node
  const leaders = cluster.seats.length
  return {
    vars: values,
    cluster: {
      name: cluster.name,
      leaders,
      zkAddresses: values.zookeeper_enabled ? leaders : 1,
      quorum: cluster.quorum,
      ensemble: node.kind === 'seat' ? ensembleOf(cluster.name, leaders, values.consul_domain) : [],
      join: `provider=aws region=${cluster.region} tag_key=${tag.join} tag_value=${cluster.name}`,
      zkService: zkService(values),
      mesosZk: zkUrl(values, values.mesos_zk_chroot),
      marathonZk: zkUrl(values, values.marathon_zk_chroot),
      dnsAnswers: Math.max(3, leaders),
    },
    node: {
      name: node.name,
      mode: node.mode,
      seat: node.kind === 'seat' ? node.seat : undefined,
      ...environmentOf(values),
    },
  }
}
