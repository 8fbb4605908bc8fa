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
  /** Where the master and the agent find the URL of ZooKeeper: the URL itself, or a file that contains it. */
  readonly masterZk: string
  readonly agentZk: string
  readonly mesosZk: string
  readonly marathonZk: string
  /** The reference to the secrets of the cluster. */
  readonly secrets: string | undefined
  /** Whether ZooKeeper requires credentials. */
  readonly secured: boolean
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

/** A file that systemd provides to a unit only. */
function credential(unit: string, name: string): string {
  return `file:///run/credentials/${unit}.service/${name}`
}

/** The variables for the templates of a node. */
export function viewOf(cluster: Cluster, node: Node): View {
  const { values } = node
  const leaders = cluster.seats.length
  const mesosZk = zkUrl(values, values.mesos_zk_chroot)
  // An ensemble of the user has users of its own.
  const secured = cluster.secrets !== undefined && values.zookeeper_enabled
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
      masterZk: secured ? credential('mesos-master', 'mesos-master.zk') : mesosZk,
      agentZk: secured ? credential('mesos-agent', 'mesos-agent.zk') : mesosZk,
      mesosZk,
      marathonZk: zkUrl(values, values.marathon_zk_chroot),
      secrets: cluster.secrets,
      secured,
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
