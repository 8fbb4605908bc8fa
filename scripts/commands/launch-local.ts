import { askToGoOn } from '../cli/ask.ts'
import type { LoadedInventory } from '../cli/load.ts'
import { env, print, printJson, say } from '../cli/main.ts'
import { type Called, refuseOptions } from '../cli/options.ts'
import { runShown } from '../cli/run-shown.ts'
import { sayPlan } from '../show/say-plan.ts'
import { columnsOf, styleFor } from '../show/style.ts'
import type { LocalPlan } from '../targets/containers/container-step.ts'
import { launchLocally } from '../targets/containers/engine/apply.ts'
import { type Engine, findEngine } from '../targets/containers/engine/engine.ts'
import { imageFits, preflightLocal } from '../targets/containers/engine/engine-preflight.ts'
import { explainedLocal, explainLocal } from '../targets/containers/engine/explain-engine.ts'
import { observeLocal } from '../targets/containers/engine/observe.ts'
import { planLocalLaunch } from '../targets/containers/launch-containers.ts'
import { loadTemplates } from '../user-data/load-templates.ts'
import { renderCluster } from '../user-data/render.ts'
import { awaitHealthShown } from './local-health.ts'
import { bakedImage, bakeryOf, imageName } from './local-image.ts'
import { localView } from './local-view.ts'

interface LaunchOptions extends Called {
  readonly engine: string | undefined
  readonly json: boolean
  readonly dryRun: boolean
  readonly prune: boolean
  readonly yes: boolean
  readonly timeout: number
}

/** Launches a cluster in containers on this machine, and waits until it is up. */
export async function launchLocal(given: LaunchOptions, inventory: LoadedInventory): Promise<void> {
  const { cluster } = inventory
  refuseOptions(given, ['image', 'recover'], 'applies to the aws target only')
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const engine = await findEngine(given.engine)
  const { dryRun } = given
  const [actual, image] = await Promise.all([
    explainedLocal(observeLocal(engine, cluster.name)),
    imageFor(inventory, engine, dryRun),
    dryRun ? undefined : explainedLocal(preflightLocal(engine)),
  ])
  const plan = planLocalLaunch({ cluster, userData, image, actual, prune: given.prune })
  if (dryRun) return showPlan(plan, given.json)

  say(sayPlan(plan, styleFor(process.stderr, env()), columnsOf(process.stderr)))
  if (plan.outOfDate.length > 0)
    say('Replace them one at a time: npm run replace -- --target local --node NAME')
  if (plan.steps.length > 0) {
    await askToGoOn(`\nDo this on this machine, with ${engine.name}?`, given.yes)
  }
  await runShown(plan.steps, launchLocally({ engine, cluster: cluster.name, userData }), explainLocal)
  say('')
  const view = localView(cluster, userData, await awaitHealthShown(engine, cluster, given.timeout))
  if (given.json) printJson({ ...plan, ...view.json })
  else print(view.text)
}

/** The image by the name that names its content; it is baked on the way, but not for a dry run. */
async function imageFor(inventory: LoadedInventory, engine: Engine, dryRun: boolean): Promise<string> {
  const bakery = bakeryOf(inventory)
  if (dryRun) return (await imageName(bakery, engine)) ?? 'an image that is yet to be baked'
  const image = await bakedImage(bakery, engine)
  await explainedLocal(imageFits(engine, image))
  return image
}

function showPlan(plan: LocalPlan, asJson: boolean): void {
  if (asJson) printJson(plan)
  else print(sayPlan(plan, styleFor(process.stdout, env()), columnsOf(process.stdout)))
}
