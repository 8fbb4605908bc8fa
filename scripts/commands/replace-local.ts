import { askToGoOn } from '../cli/ask.ts'
import { takeInterrupt } from '../cli/interrupt.ts'
import type { LoadedInventory } from '../cli/load.ts'
import { env, print, printJson, say } from '../cli/main.ts'
import { type Given, Misused, textOf } from '../cli/options.ts'
import { runShown } from '../cli/run-shown.ts'
import { whyNotReplace } from '../health/replaceable.ts'
import { expectedOf } from '../health/seen.ts'
import { bakeryOf } from '../image/bakery.ts'
import { bakedImage } from '../image/container-image.ts'
import { Refused } from '../inventory/problems.ts'
import { saySteps } from '../show/say-plan.ts'
import { columnsOf, styleFor } from '../show/style.ts'
import { launchLocally } from '../targets/containers/engine/apply.ts'
import { findEngine } from '../targets/containers/engine/engine.ts'
import { explainedLocal, explainLocal } from '../targets/containers/engine/explain-engine.ts'
import { observeLocal } from '../targets/containers/engine/observe.ts'
import { healthOf } from '../targets/containers/engine/watch-health.ts'
import { planReplace } from '../targets/containers/replace-container.ts'
import { loadTemplates } from '../user-data/load-templates.ts'
import { renderCluster } from '../user-data/render.ts'
import { awaitHealthShown } from './local-health.ts'
import { localView } from './local-view.ts'

/** Replaces the container of one node, if the others can spare it, and waits until the cluster is well again. */
export async function replaceLocal(given: Given, inventory: LoadedInventory, timeout: number): Promise<void> {
  const { cluster } = inventory
  const name = textOf(given, 'node')
  if (name === undefined) throw new Misused('--node says which node')
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const engine = await findEngine(textOf(given, 'engine'))
  const actual = await explainedLocal(observeLocal(engine, cluster.name))
  const image = await bakedImage(bakeryOf(inventory, { env: env(), tell: say, takeInterrupt }), engine)
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
