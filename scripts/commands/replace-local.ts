import { askToGoOn } from '../cli/ask.ts'
import type { LoadedInventory } from '../cli/load.ts'
import { env, print, printJson, say } from '../cli/main.ts'
import { runShown } from '../cli/run-shown.ts'
import { whyNotReplace } from '../health/replaceable.ts'
import { expectedOf } from '../health/seen.ts'
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
import { bakedImage, bakeryOf } from './local-image.ts'
import { localView } from './local-view.ts'

interface ReplaceOptions {
  readonly node: string
  readonly engine: string | undefined
  readonly json: boolean
  readonly yes: boolean
  readonly timeout: number
}

/** Replaces the container of one node, if the others can spare it, and waits until the cluster is well again. */
export async function replaceLocal(given: ReplaceOptions, inventory: LoadedInventory): Promise<void> {
  const { cluster } = inventory
  const { node: name } = given
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const engine = await findEngine(given.engine)
  const actual = await explainedLocal(observeLocal(engine, cluster.name))
  const image = await bakedImage(bakeryOf(inventory), engine)
  const step = planReplace({ cluster, userData, image, actual }, name)
  if (step.kind === 'seat') {
    const { seen } = await explainedLocal(healthOf(engine, cluster))
    const why = whyNotReplace(name, seen, expectedOf(cluster, 0))
    if (why !== undefined) throw new Refused([{ path: name, message: why }])
  }
  say(saySteps([step], styleFor(process.stderr, env()), columnsOf(process.stderr)).join('\n'))
  await askToGoOn(`\nTerminate ${name}, and launch it again?`, given.yes)
  await runShown([step], launchLocally({ engine, cluster: cluster.name, userData }), explainLocal)
  say('')
  const view = localView(cluster, userData, await awaitHealthShown(engine, cluster, given.timeout))
  if (given.json) printJson(view.json)
  else print(view.text)
}
