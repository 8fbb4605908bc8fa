import { askToGoOn } from '../cli/ask.ts'
import { takeInterrupt } from '../cli/interrupt.ts'
import type { LoadedInventory } from '../cli/load.ts'
import { env, print, printJson, say } from '../cli/main.ts'
import { type Given, Misused, textOf } from '../cli/options.ts'
import { runShown } from '../cli/run-shown.ts'
import { bakeryOf } from '../image/bakery.ts'
import { bakedImage, imageName } from '../image/container-image.ts'
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
import { localView } from './local-view.ts'

/** Launches a cluster in containers on this machine, and waits until it is up. */
export async function launchLocal(given: Given, inventory: LoadedInventory, timeout: number): Promise<void> {
  const { cluster } = inventory
  if (given.image !== undefined)
    throw new Misused('--image is of EC2; a local image is baked from the inventory')
  if (given.recover === true) throw new Misused('--recover applies to the aws target only')
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const engine = await findEngine(textOf(given, 'engine'))
  const dryRun = given['dry-run'] === true
  const [actual, image] = await Promise.all([
    explainedLocal(observeLocal(engine, cluster.name)),
    imageFor(inventory, engine, dryRun),
    dryRun ? undefined : explainedLocal(preflightLocal(engine)),
  ])
  const plan = planLocalLaunch({ cluster, userData, image, actual, prune: given.prune === true })
  if (dryRun) return showPlan(plan, given.json === true)

  say(sayPlan(plan, styleFor(process.stderr, env()), columnsOf(process.stderr)))
  if (plan.outOfDate.length > 0)
    say('Replace them one at a time: npm run replace -- --target local --node NAME')
  if (plan.steps.length > 0) {
    await askToGoOn(`\nDo this on this machine, with ${engine.name}?`, given.yes === true)
  }
  await runShown(plan.steps, launchLocally({ engine, cluster: cluster.name, userData }), explainLocal)
  say('')
  const view = localView(cluster, userData, await awaitHealthShown(engine, cluster, timeout))
  if (given.json === true) printJson({ ...plan, ...view.json })
  else print(view.text)
}

/** The image by the name that names its content; it is baked on the way, but not for a dry run. */
async function imageFor(inventory: LoadedInventory, engine: Engine, dryRun: boolean): Promise<string> {
  const bakery = bakeryOf(inventory, { env: env(), tell: say, takeInterrupt })
  if (dryRun) return (await imageName(bakery, engine)) ?? 'an image that is yet to be baked'
  const image = await bakedImage(bakery, engine)
  await explainedLocal(imageFits(engine, image))
  return image
}

function showPlan(plan: LocalPlan, asJson: boolean): void {
  if (asJson) printJson(plan)
  else print(sayPlan(plan, styleFor(process.stdout, env()), columnsOf(process.stdout)))
}
