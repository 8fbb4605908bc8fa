import { whyNotReplace } from '../health/replaceable.ts'
import { expectedOf } from '../health/seen.ts'
import { Refused } from '../inventory/problems.ts'
import { loadTemplates } from '../library/templates.ts'
import { launchLocally } from '../local/apply.ts'
import { findEngine } from '../local/engine.ts'
import { explainedLocal, explainLocal } from '../local/explain.ts'
import { healthOf } from '../local/health.ts'
import { observeLocal } from '../local/observe.ts'
import { planReplace } from '../plan/local/replace.ts'
import { askToGoOn } from '../terminal/ask.ts'
import type { LoadedInventory } from '../terminal/files.ts'
import { env, print, printJson, say } from '../terminal/main.ts'
import { type Given, Misused, textOf } from '../terminal/options.ts'
import { runShown } from '../terminal/run.ts'
import { saySteps } from '../terminal/say-plan.ts'
import { columnsOf, styleFor } from '../terminal/style.ts'
import { renderCluster } from '../user-data/render.ts'
import { awaitHealthShown } from './local-health.ts'
import { bakedImage, bakeryOf } from './local-image.ts'
import { localView } from './local-view.ts'

/** Replaces the container of one node, if the others can spare it, and waits until the cluster is well again. */
export async function replaceLocal(given: Given, inventory: LoadedInventory, timeout: number): Promise<void> {
  const { cluster } = inventory
  const name = textOf(given, 'node')
  if (name === undefined) throw new Misused('--node says which node')
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const engine = await findEngine(textOf(given, 'engine'))
  const actual = await explainedLocal(observeLocal(engine, cluster.name))
  const image = await bakedImage(bakeryOf(inventory), engine)
  const step = planReplace({ cluster, userData, image, actual }, name)
  if (step.kind === 'seat') {
    const { seen } = await explainedLocal(healthOf(engine, cluster))
    const why = whyNotReplace(name, seen, expectedOf(cluster, 0))
    if (why !== undefined) throw new Refused([{ path: name, message: why }])
  }
  say(saySteps([step], styleFor(process.stderr, env()), columnsOf(process.stderr)).join('\n'))
  await askToGoOn(`\nTerminate ${name}, and launch it again?`, given.yes === true)
  await runShown([step], launchLocally({ engine, cluster: cluster.name, userData }), explainLocal)
  say('')
  const view = localView(cluster, userData, await awaitHealthShown(engine, cluster, timeout))
  if (given.json === true) printJson(view.json)
  else print(view.text)
}
