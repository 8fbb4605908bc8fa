import type { Cluster } from '../cluster/cluster.ts'
import { resolveCluster } from '../cluster/resolve.ts'
import { parseInventory } from '../inventory/parse.ts'
import { type InventoryFile, readInventory } from './inventory-file.ts'
import { env, say } from './main.ts'
import { type Given, overridesOf, textOf } from './options.ts'

/** Reads and resolves the inventory that was named, or the one that is there. */
export function loadCluster(given: Given): Cluster {
  return loadInventory(given).cluster
}

/** A cluster with the inventory that it comes from. */
export interface LoadedInventory {
  readonly cluster: Cluster
  readonly source: InventoryFile
}

/** Reads and resolves an inventory, and tells what was read. */
export function loadInventory(given: Given): LoadedInventory {
  const overrides = overridesOf(given)
  const source = readInventory(textOf(given, 'inventory'), env())
  if (source.isExample) say('no inventory.yaml here: using inventory.example.yaml')
  return { cluster: resolveCluster(parseInventory(source.text, source.file), overrides), source }
}
