import type { Values } from '../inventory/variables.ts'
import type { Cluster } from './cluster.ts'
import { offersOf } from './ports.ts'

/** The role of a machine in the firewall. A machine in `mixed` mode has both roles. */
export type Role = 'leader' | 'follower'

export const roles: readonly Role[] = ['leader', 'follower']

/** Ports that one role opens to another. */
export interface Opening {
  readonly to: Role
  readonly from: Role
  readonly protocol: 'tcp' | 'udp'
  readonly first: number
  readonly last: number
}

/**
 * Every port that the nodes of a cluster open to each other. No port is opened to anything else. Mesos calls in both
 * directions: masters connect to agents, to executors and to schedulers, which may run as tasks.
 */
export function openingsOf(cluster: Cluster): readonly Opening[] {
  const openings = cluster.seats.flatMap(({ values }) => leaderOpenings(values))
  const followers = [...cluster.pools, ...cluster.seats.filter(({ mode }) => mode === 'mixed')]
  const all = [...openings, ...followers.flatMap(({ values }) => followerOpenings(values))]
  return unique(all)
}

function leaderOpenings(values: Values): readonly Opening[] {
  const { mesos_leader_port, mesos_zk_port, marathon_http_port, consul_server_port } = values
  const amongLeaders = [
    ...(values.zookeeper_enabled ? [values.zookeeper_peer_port, values.zookeeper_election_port] : []),
    ...(values.marathon_enabled ? [values.marathon_libprocess_port] : []),
  ]
  const toAll = [
    mesos_leader_port,
    consul_server_port,
    ...(values.zookeeper_enabled ? [mesos_zk_port] : []),
    ...(values.marathon_enabled ? [marathon_http_port] : []),
  ]
  return [
    ...amongLeaders.map(port => open('leader', 'leader', 'tcp', port)),
    ...roles.flatMap(from => toAll.map(port => open('leader', from, 'tcp', port))),
    ...gossip('leader', values),
  ]
}

function followerOpenings(values: Values): readonly Opening[] {
  return [
    ...roles.map(from => open('follower', from, 'tcp', values.mesos_follower_port)),
    ...roles.flatMap(from =>
      offersOf(values).flatMap(({ ranges }) =>
        ranges.map(([first, last]) => open('follower', from, 'tcp', first, last)),
      ),
    ),
    ...gossip('follower', values),
  ]
}

function gossip(to: Role, { consul_serf_port }: Values): readonly Opening[] {
  return roles.flatMap(from => [
    open(to, from, 'tcp', consul_serf_port),
    open(to, from, 'udp', consul_serf_port),
  ])
}

function open(to: Role, from: Role, protocol: 'tcp' | 'udp', first: number, last = first): Opening {
  return { to, from, protocol, first, last }
}

/** Whether two openings are equal. */
export function openingKey({ to, from, protocol, first, last }: Opening): string {
  return `${to}<${from}:${protocol}:${first}-${last}`
}

function unique(openings: readonly Opening[]): readonly Opening[] {
  return [...new Map(openings.map(opening => [openingKey(opening), opening])).values()]
}

/** The ports of openings, each once: `2181, 8301 tcp and udp, 31000-32000`. */
export function portsIn(openings: readonly Opening[]): string {
  const protocols = new Map<string, Set<string>>()
  for (const { first, last, protocol } of [...openings].sort((a, b) => a.first - b.first)) {
    const range = first === last ? `${first}` : `${first}-${last}`
    protocols.set(range, (protocols.get(range) ?? new Set()).add(protocol))
  }
  return [...protocols]
    .map(([range, of]) => (of.has('udp') ? `${range} ${[...of].sort().join(' and ')}` : range))
    .join(', ')
}
