import type { Cluster } from '../cluster/cluster.ts'
import { loadInventory } from './mesos-bakery.ts'

/** A cluster, from either form in which it may be given. */
export function clusterFrom(inventory: string | Cluster): Cluster {
  return typeof inventory === 'string' ? loadInventory(inventory) : inventory
}
