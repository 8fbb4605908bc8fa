import { basename } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { examine, resolveCluster } from '../cluster/resolve.ts'
import { parseInventory } from '../inventory/parse.ts'
import { orRefuse, Refused } from '../inventory/problems.ts'
import { type TargetName, targetNames, targets } from '../targets/list.ts'
import { type Asked, type Target, targetNamed } from '../targets/target.ts'
import { blameTemplates } from '../user-data/blame.ts'
import { loadTemplates } from '../user-data/load-templates.ts'
import { renderCluster } from '../user-data/render.ts'
import { readTemplates } from '../user-data/template-files.ts'
import { takeInterrupt } from './interrupt.ts'
import { type InventoryFile, readInventory } from './inventory-file.ts'
import { env, say } from './main.ts'
import { type Given, Misused, textOf } from './options.ts'
import { overridesOf } from './override-options.ts'

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
export async function loadToLook(given: Given): Promise<Loaded> {
  const overrides = overridesOf(given)
  const source = read(given)
  return open(given, { source, cluster: resolveCluster(parseInventory(source.text, source.file), overrides) })
}

/**
 * Loads the inventory for a command that changes something: it warns too, and checks what it renders.
 *
 * @throws Refused with everything that is wrong
 */
export async function loadToChange(given: Given): Promise<Loaded> {
  const loaded = await open(given, await loadInventory(given))
  return orRefuse(loaded, blameTemplates(loaded.asked.userData.values(), readTemplates()))
}

/**
 * Reads and resolves the inventory that was named, or the one that is there, and warns.
 *
 * @throws Refused with everything that is wrong
 */
export async function loadInventory(given: Given): Promise<LoadedInventory> {
  const overrides = overridesOf(given)
  const source = read(given)
  const { problems, cluster } = examine(parseInventory(source.text, source.file), overrides)
  if (cluster === undefined) throw new Refused(problems)
  if (problems.length > 0) {
    const { report } = await import('./problem-report.ts')
    const name = basename(process.argv[1] ?? '').replace(/\.[jt]s$/, '')
    say(report(problems, { name, args: process.argv.slice(2), given }, env()))
  }
  return { cluster, source }
}

async function open(given: Given, { cluster, source }: LoadedInventory): Promise<Loaded> {
  refuseOptionsOfOthers(given, cluster.target)
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const asked = {
    cluster,
    userData,
    source,
    env: env(),
    engine: textOf(given, 'engine'),
    tell: say,
    takeInterrupt,
  }
  return { asked, target: await targetNamed(cluster.target) }
}

/** Options that only other targets take would do nothing. */
export function refuseOptionsOfOthers(given: Given, target: TargetName): void {
  for (const other of targetNames.filter(name => name !== target)) {
    const option = targets[other].options.find(name => given[name] !== undefined)
    if (option !== undefined) throw new Misused(`--${option} applies to the ${other} target only`)
  }
}

function read(given: Given): InventoryFile {
  const source = readInventory(textOf(given, 'inventory'), env())
  if (source.isExample) say('no inventory.yaml here: using inventory.example.yaml')
  return source
}
