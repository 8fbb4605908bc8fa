import { type Cluster, nodesOf } from '../cluster/cluster.ts'
import type { Report } from './report.ts'

/** What is known about a node, independent of the target. */
export interface Seen {
  readonly name: string
  readonly leads: boolean
  readonly follows: boolean
  /** `ended` if its machine exists but is not running, `missing` if it has no machine. */
  readonly state: 'running' | 'ended' | 'missing'
  /** Why it is not running, or why there is no report. */
  readonly reason: string | undefined
  readonly report: Report | undefined
  /** Registered according to the elected master, so that its own report was not requested. */
  readonly counted?: boolean
}

/** The expected state of a healthy cluster. */
export interface Expected {
  readonly leaders: number
  readonly followers: number
  readonly quorum: number
  /** While the number of leaders changes: a second quorum that masters may have. */
  readonly otherQuorum?: number | undefined
  readonly zookeeper: boolean
  /**
   * While the number of leaders changes: the leaders whose ZooKeeper servers cannot serve yet, because too few of the
   * others have their list of servers.
   */
  readonly outside?: readonly string[]
  readonly marathon: boolean
}

/** The expected state of a cluster with the given number of followers in pools. */
export function expectedOf(cluster: Cluster, followers: number): Expected {
  const values = nodesOf(cluster)[0]?.values
  const mixed = cluster.seats.filter(({ mode }) => mode === 'mixed').length
  return {
    leaders: cluster.seats.length,
    followers: followers + mixed,
    quorum: cluster.quorum,
    zookeeper: values?.zookeeper_enabled ?? true,
    marathon: values?.marathon_enabled ?? true,
  }
}
