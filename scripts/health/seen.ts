import { type Cluster, nodesOf } from '../cluster/cluster.ts'
import type { Report } from './report.ts'

/** What is known of one node, whatever the target. */
export interface Seen {
  readonly name: string
  readonly leads: boolean
  readonly follows: boolean
  /** `ended` when its machine is there and doesn't run, `missing` when there is none. */
  readonly state: 'running' | 'ended' | 'missing'
  /** Why it doesn't run, or why there is no report. */
  readonly reason: string | undefined
  readonly report: Report | undefined
}

/** What a healthy cluster looks like. */
export interface Expected {
  readonly leaders: number
  readonly followers: number
  readonly quorum: number
  readonly zookeeper: boolean
  readonly marathon: boolean
}

/** What a cluster has to look like, with so many followers. */
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
