import type { Cluster, Pool, Seat } from '../cluster/cluster.ts'
import { openingsOf, portsIn, type Role, roles } from '../cluster/firewall.ts'
import { listenersOn } from '../cluster/ports.ts'

/** A subnet, and the seats in it. */
export interface Zone {
  readonly name: string
  readonly seats: readonly Seat[]
}

/** A pool, and for each zone whether it has instances there. */
export interface Spread {
  readonly pool: Pool
  readonly zones: readonly boolean[]
}

/** The ports that one role opens to another. */
export interface Talk {
  readonly from: Role
  readonly to: Role
  readonly ports: string
  /** Which programs listen on them: `ZooKeeper 2181`. */
  readonly programs: readonly string[]
}

/** Where the nodes of a cluster are, and which ports they open to each other. */
export interface Topology {
  readonly zones: readonly Zone[]
  readonly pools: readonly Spread[]
  readonly talks: readonly Talk[]
}

const nowhere = 'no subnet'

export function topologyOf(cluster: Cluster): Topology {
  const { seats, pools } = cluster
  const subnetsOf = (pool: Pool) => (pool.subnets.length === 0 ? [nowhere] : pool.subnets)
  const names = [...seats.map(({ subnet }) => subnet ?? nowhere), ...pools.flatMap(subnetsOf)]
  const zones = [...new Set(names)].map(name => ({
    name,
    seats: seats.filter(({ subnet = nowhere }) => subnet === name),
  }))
  return {
    zones,
    pools: pools.map(pool => ({
      pool,
      zones: zones.map(({ name }) => subnetsOf(pool).includes(name)),
    })),
    talks: talksOf(cluster),
  }
}

function talksOf(cluster: Cluster): readonly Talk[] {
  const openings = openingsOf(cluster)
  return roles
    .flatMap(from => roles.map(to => ({ from, to })))
    .map(({ from, to }) => {
      const opened = openings.filter(opening => opening.from === from && opening.to === to)
      const isOpen = (port: number) => opened.some(({ first, last }) => first <= port && port <= last)
      return { from, to, ports: portsIn(opened), programs: programsOf(cluster, to, isOpen) }
    })
    .filter(({ ports }) => ports !== '')
}

function programsOf(
  { seats, pools }: Cluster,
  to: Role,
  isOpen: (port: number) => boolean,
): readonly string[] {
  const nodes = to === 'leader' ? seats : [...pools, ...seats.filter(({ mode }) => mode === 'mixed')]
  const ports = nodes.flatMap(({ values }) => listenersOn(values)).filter(({ port }) => isOpen(port))
  const said = new Map<string, Set<number>>()
  for (const { program, port } of ports) {
    const name = program.replace(/^the /, '')
    said.set(name, (said.get(name) ?? new Set()).add(port))
  }
  const listed = [...said].map(([name, own]) => `${name} ${[...own].sort((a, b) => a - b).join(', ')}`)
  return to === 'follower' ? [...listed, 'tasks on the ports that agents offer'] : listed
}
