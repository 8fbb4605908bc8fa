import type { LoadedInventory } from '../cli/load.ts'
import { env, print, printJson, say } from '../cli/main.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { allEnded } from '../image/all-ended.ts'
import { runBake } from '../image/aws-bake.ts'
import { type Asked, architecturesOf, connectAll, foreseen, surveyBake } from '../image/aws-survey.ts'
import { type BakePlan, planBake } from '../image/bake-plan.ts'
import { fetchWanted } from '../image/fetch-wanted.ts'
import { initPacker, requirePacker } from '../image/packer.ts'
import { sayBake } from '../image/say-bake.ts'
import { columnsOf, styleFor } from '../show/style.ts'
import { explained } from '../targets/ec2/api/errors.ts'
import { type BakeOptions, bakeryFor, watchFor } from './bakery.ts'

/** Bakes an image of each architecture on EC2, copies and publishes it, as far as it isn't there. */
export async function bakeOnAws(given: BakeOptions, inventory: LoadedInventory): Promise<void> {
  const { cluster } = inventory
  const bakery = bakeryFor(given, inventory)
  const asked = askedOf(given, cluster)
  const regions = await connectAll(asked.regions)
  const survey = await explained(surveyBake(bakery, regions, asked))
  const foreseeable = planBake({ ...survey, wanted: foreseen(bakery, survey) })
  if (given.dryRun || foreseeable.steps.length === 0) return showPlan(given, foreseeable)

  const watch = watchFor(given)
  const builds = foreseeable.steps.some(({ action }) => action === 'build')
  if (builds) requirePacker(bakery.env)
  const [{ wanted, files }] = await allEnded(
    [fetchWanted(bakery, survey.bases, builds, watch.signal), builds ? initPacker(bakery.env) : undefined],
    watch.signal,
  )
  const plan = planBake({ ...survey, wanted })
  say(sayBake(plan, styleFor(process.stderr, env()), columnsOf(process.stderr)))
  const made = await explained(runBake({ bakery, regions, wanted, files, watch }, plan))
  const images = [...made].map(([architecture, ids]) => ({ architecture, ids: Object.fromEntries(ids) }))
  if (given.json) printJson({ ...plan, made: images })
  else for (const { architecture, ids } of images) printImages(cluster.image.name, architecture, ids)
}

function askedOf({ arch, region, force }: BakeOptions, cluster: Cluster): Asked {
  const copies = (cluster.image.regions ?? []).filter(one => one !== cluster.region)
  return {
    architectures: arch === undefined ? architecturesOf(cluster) : [arch],
    regions: region === undefined ? [cluster.region, ...copies] : [region],
    force,
  }
}

function showPlan(given: BakeOptions, plan: BakePlan): void {
  if (given.json) printJson(plan)
  else print(sayBake(plan, styleFor(process.stdout, env()), columnsOf(process.stdout)))
}

function printImages(name: string, architecture: string, ids: Readonly<Record<string, string>>): void {
  for (const [region, id] of Object.entries(ids)) print(`${name} for ${architecture} is ${id} in ${region}`)
}
