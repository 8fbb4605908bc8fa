import type { Cluster } from '../cluster/cluster.ts'
import { examine, resolveCluster } from '../cluster/resolve.ts'
import { parseInventory } from '../inventory/parse.ts'
import { orRefuse, Refused } from '../inventory/problems.ts'
import { type EngineName, type TargetName, targetNames, targets } from '../targets/list.ts'
import { type Asked, type Target, targetNamed } from '../targets/target.ts'
import { blameTemplates } from '../user-data/blame.ts'
import { loadTemplates } from '../user-data/load-templates.ts'
import { renderCluster } from '../user-data/render.ts'
import { readTemplates } from '../user-data/template-files.ts'
import { takeInterrupt } from './interrupt.ts'
import { type InventoryFile, readInventory } from './inventory-file.ts'
import { env, say } from './main.ts'
import { type Called, refuseOptions } from './options.ts'
import { type Overriding, overridesOf } from './override-options.ts'

/** The options that say which cluster is meant. */
export type ClusterOptions = Overriding & { readonly inventory?: string | undefined }

/** The same where the target matters. */
export type TargetOptions = ClusterOptions & Called & { readonly engine?: EngineName | undefined }

/** A cluster with the inventory that it comes from. */
export interface LoadedInventory {
  readonly cluster: Cluster
  readonly source: InventoryFile
}

/** A cluster as a person asks for it, and where it runs. */
export interface Loaded {
  readonly asked: Asked
  readonly target: Target
}

/**
 * Loads the inventory for a command that only looks.
 *
 * @throws Refused with everything that is wrong
 */
export async function loadToLook(given: TargetOptions): Promise<Loaded> {
  const overrides = overridesOf(given)
  const source = read(given)
  return open(given, { source, cluster: resolveCluster(parseInventory(source.text, source.file), overrides) })
}

/**
 * Loads the inventory for a command that changes something: it warns too, and checks what it renders.
 *
 * @throws Refused with everything that is wrong
 */
export async function loadToChange(given: TargetOptions): Promise<Loaded> {
  const loaded = await open(given, await loadInventory(given))
  return orRefuse(loaded, blameTemplates(loaded.asked.userData.values(), readTemplates()))
}

/**
 * Reads and resolves the inventory that was named, or the one that is there, and warns.
 *
 * @throws Refused with everything that is wrong
 */
export async function loadInventory(given: ClusterOptions & Called): Promise<LoadedInventory> {
  const overrides = overridesOf(given)
  const source = read(given)
  const { problems, cluster } = examine(parseInventory(source.text, source.file), overrides)
  if (cluster === undefined) throw new Refused(problems)
  if (problems.length > 0) {
    const { report } = await import('./problem-report.ts')
    say(report(problems, given.call, env()))
  }
  return { cluster, source }
}

async function open(given: TargetOptions, { cluster, source }: LoadedInventory): Promise<Loaded> {
  refuseOptionsOfOthers(given, cluster.target)
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const asked = {
    cluster,
    userData,
    source,
    env: env(),
    engine: given.engine,
    tell: say,
    takeInterrupt,
  }
  return { asked, target: await targetNamed(cluster.target) }
}

/** Options that only other targets take would do nothing. */
export function refuseOptionsOfOthers(given: Called, target: TargetName): void {
  for (const other of targetNames.filter(name => name !== target)) {
    refuseOptions(given, targets[other].options, `applies to the ${other} target only`)
  }
}

function read({ inventory }: ClusterOptions): InventoryFile {
  const source = readInventory(inventory, env())
  if (source.isExample) say('no inventory.yaml here: using inventory.example.yaml')
  return source
}
