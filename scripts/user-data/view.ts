import type { Cluster, Mode, Node } from '../cluster/cluster.ts'
import { ensembleOf, type Server, zkService, zkUrl } from '../cluster/ensemble.ts'
import { tag } from '../cluster/tags.ts'
import type { Values } from '../inventory/variables.ts'
import { environmentOf } from './environment.ts'

/** What the templates see. Nothing in it depends on a machine, the time or chance. */
export interface View {
  readonly cluster: ClusterView
  readonly node: NodeView
  readonly vars: Values
}

interface ClusterView {
  readonly name: string
  readonly leaders: number
  /** How many addresses the ensemble's name has: one for each seat, or what a name of one's own has at least. */
  readonly zkAddresses: number
  readonly quorum: number
  readonly ensemble: readonly Server[]
  /** Consul's cloud auto-join: the machines that carry the tag of the cluster's leaders. */
  readonly join: string
  readonly zkService: string
  readonly mesosZk: string
  readonly marathonZk: string
  /** Addresses in one DNS answer. Consul's default of 3 would hide seats from a cluster of five. */
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

/** One line of an environment file. */
export type Setting = readonly [name: string, value: string]

/** What the templates of one node see. */
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
