import { label } from '../container.ts'
import type { ActualContainers } from '../plan.ts'
import { observeContainers } from './container.ts'
import { call, type Engine } from './engine.ts'
import { observeRoll } from './lock-container.ts'
import { hostSubnets, observeNetworks } from './network.ts'
import { observeResize } from './resize-record.ts'

/** Observes everything that carries the label of a cluster, and the names and subnets that are taken. */
export async function observe(engine: Engine, cluster: string): Promise<ActualContainers> {
  const [present, names, networks, rolling, resizing] = await Promise.all([
    observeContainers(engine, cluster),
    call(engine, 'ps', '--all', '--format', '{{.Names}}'),
    observeNetworks(engine),
    observeRoll(engine, cluster),
    observeResize(engine, cluster),
  ])
  const own = networks.find(({ labels }) => labels[label.cluster] === cluster)
  const ours = new Set([own?.name, ...present.map(({ name }) => name)])
  const taken = [...names.split('\n'), ...networks.map(({ name }) => name)]
  return {
    network: own === undefined ? undefined : { name: own.name, subnet: own.subnets[0] ?? '' },
    containers: present,
    foreign: taken.filter(name => name !== '' && !ours.has(name)),
    subnets: [...networks.flatMap(({ subnets }) => subnets), ...hostSubnets()],
    rolling,
    resizing,
  }
}
