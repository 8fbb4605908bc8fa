import type { Cluster } from '../cluster/cluster.ts'
import { examine, resolveCluster } from '../cluster/resolve.ts'
import { parseInventory } from '../inventory/parse.ts'
import { Refused } from '../inventory/problems.ts'
import { type InventoryFile, readInventory } from './inventory-file.ts'
import { env, say } from './main.ts'
import type { Called } from './options.ts'
import { type Overriding, overridesOf } from './override-options.ts'

/** The options that say which cluster is meant. */
export type ClusterOptions = Overriding & { readonly inventory?: string | undefined }

/** Reads and resolves the inventory that was named, or the one that is there. */
export function loadCluster(given: ClusterOptions): Cluster {
  const overrides = overridesOf(given)
  const { file, text } = read(given)
  return resolveCluster(parseInventory(text, file), overrides)
}

/** A cluster with the inventory that it comes from. */
export interface LoadedInventory {
  readonly cluster: Cluster
  readonly source: InventoryFile
}

/**
 * The same for a command that is about to do something: it warns too.
 *
 * @throws Refused with everything that is wrong
 */
export async function loadInventory(given: ClusterOptions & Called): Promise<LoadedInventory> {
  const overrides = overridesOf(given)
  const source = read(given)
  const { problems, cluster } = examine(parseInventory(source.text, source.file), overrides)
  if (cluster === undefined) throw new Refused(problems)
  if (problems.length > 0) {
    const { report } = await import('./report.ts')
    say(report(problems, given.call, env()))
  }
  return { cluster, source }
}

function read({ inventory }: ClusterOptions): InventoryFile {
  const source = readInventory(inventory, env())
  if (source.isExample) say('no inventory.yaml here: using inventory.example.yaml')
  return source
}
