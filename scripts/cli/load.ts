import { basename } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { examine, resolveCluster } from '../cluster/resolve.ts'
import { parseInventory } from '../inventory/parse.ts'
import { Refused } from '../inventory/problems.ts'
import { type InventoryFile, readInventory } from './inventory-file.ts'
import { env, say } from './main.ts'
import { type Given, textOf } from './options.ts'
import { overridesOf } from './override-options.ts'

/** Reads and resolves the inventory that was named, or the one that is there. */
export function loadCluster(given: Given): Cluster {
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
export async function loadInventory(given: Given): Promise<LoadedInventory> {
  const overrides = overridesOf(given)
  const source = read(given)
  const { problems, cluster } = examine(parseInventory(source.text, source.file), overrides)
  if (cluster === undefined) throw new Refused(problems)
  if (problems.length > 0) {
    const { report } = await import('./report.ts')
    const name = basename(process.argv[1] ?? '').replace(/\.[jt]s$/, '')
    say(report(problems, { name, args: process.argv.slice(2), given }, env()))
  }
  return { cluster, source }
}

function read(given: Given): InventoryFile {
  const source = readInventory(textOf(given, 'inventory'), env())
  if (source.isExample) say('no inventory.yaml here: using inventory.example.yaml')
  return source
}
