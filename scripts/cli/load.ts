import { settingsNamedIn } from '../cluster/causes.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { draftOf } from '../cluster/draft.ts'
import { examine, resolveCluster } from '../cluster/resolve.ts'
import { locator } from '../inventory/locate.ts'
import { parseInventory } from '../inventory/parse.ts'
import { orRefuse, placeOf, Refused } from '../inventory/problems.ts'
import type { SayCauses } from '../show/say-health.ts'
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

/** The options that select a cluster. */
export type ClusterOptions = Overriding & { readonly inventory?: string | undefined }

/** The options that select a cluster on a target. */
export type TargetOptions = ClusterOptions & Called & { readonly engine?: EngineName | undefined }

/** A cluster with its inventory. */
export interface LoadedInventory {
  readonly cluster: Cluster
  readonly source: InventoryFile
}

/** A cluster as requested by the user, and its target. */
export interface Loaded {
  readonly asked: Asked
  readonly target: Target
  /** Describes the settings that the log of a failed unit names, with their place. */
  readonly causesOf: SayCauses
}

/**
 * Loads the inventory for a command that changes nothing.
 *
 * @throws Refused with all problems
 */
export async function loadToLook(given: TargetOptions): Promise<Loaded> {
  const overrides = overridesOf(given)
  const source = read(given)
  return open(given, { source, cluster: resolveCluster(parseInventory(source.text, source.file), overrides) })
}

/**
 * Loads the inventory for a command that changes something: also shows warnings and checks the rendered user data.
 *
 * @throws Refused with all problems
 */
export async function loadToChange(given: TargetOptions): Promise<Loaded> {
  const loaded = await open(given, await loadInventory(given))
  return orRefuse(loaded, blameTemplates(loaded.asked.userData.values(), readTemplates()))
}

/**
 * Reads and resolves the named or default inventory, and shows warnings.
 *
 * @throws Refused with all problems
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

/** The number of leaders that the inventory describes, without options. Undefined if it cannot be used without them. */
export function countInInventory({ leaders: _, ...given }: ClusterOptions): number | undefined {
  const source = readInventory(given.inventory, env())
  return examine(parseInventory(source.text, source.file), overridesOf(given)).cluster?.seats.length
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
  return { asked, target: await targetNamed(cluster.target), causesOf: causesIn(given, source) }
}

function causesIn(given: TargetOptions, source: InventoryFile): SayCauses {
  return (unit, lines) => {
    const draft = draftOf(parseInventory(source.text, source.file).value, overridesOf(given).value)
    const positionIn = locator(source)
    return settingsNamedIn(draft, unit, lines).map(path => {
      if (path.of === 'command line') return `names the setting ${path}`
      return `names the setting ${path} at ${placeOf({ file: source.file, ...positionIn(path) })}`
    })
  }
}

/** Refuses options that only other targets accept, because they would have no effect. */
export function refuseOptionsOfOthers(given: Called, target: TargetName): void {
  for (const other of targetNames.filter(name => name !== target)) {
    refuseOptions(given, targets[other].options, `applies to the ${other} target only`)
  }
}

function read({ inventory }: ClusterOptions): InventoryFile {
  const source = readInventory(inventory, env())
  if (source.isExample) say('inventory.yaml not found; using inventory.example.yaml')
  return source
}
