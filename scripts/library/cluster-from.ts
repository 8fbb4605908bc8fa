import type { Cluster } from '../cluster/cluster.ts'
import { loadInventory } from './mesos-bakery.ts'

/** Returns the cluster for either kind of argument. */
export function clusterFrom(inventory: string | Cluster): Cluster {
  return typeof inventory === 'string' ? loadInventory(inventory) : inventory
}
