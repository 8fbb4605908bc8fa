import { explained } from '../targets/ec2/api/errors.ts'
import type { Asked, BakedImages, BakeWatch, PlannedBake } from './baker.ts'
import type { Bakery } from './bakery.ts'
import { bakeJson, planImages, viewOf } from './ec2-plan.ts'
import { runBake } from './ec2-run.ts'
import {
  type BakeSurvey,
  connectAll,
  fetchWanted,
  foreseen,
  type Regions,
  scopeOf,
  surveyBake,
} from './ec2-survey.ts'
import { initPacker, requirePacker } from './packer.ts'
import { allEnded } from './runs.ts'

/** Observes what exists in each region, and plans what a bake would build, copy and publish. */
export async function planBake(bakery: Bakery, asked: Asked): Promise<PlannedBake> {
  const scope = scopeOf(bakery.cluster, asked)
  const regions = await connectAll(scope.regions)
  const survey = await explained(surveyBake(bakery, regions, scope))
  const plan = planImages({ ...survey, wanted: foreseen(bakery, survey) })
  const builds = plan.steps.some(({ action }) => action === 'build')
  return {
    view: viewOf(plan),
    json: bakeJson(plan),
    isDone: plan.steps.length === 0,
    bake: watch => bakeAll({ bakery, survey, regions, builds }, watch),
  }
}

interface Ground {
  readonly bakery: Bakery
  readonly survey: BakeSurvey
  readonly regions: Regions
  readonly builds: boolean
}

/** Plans again after the downloads, because which images exist depends on the artifacts, and carries out the plan. */
async function bakeAll({ bakery, survey, regions, builds }: Ground, watch: BakeWatch): Promise<BakedImages> {
  if (builds) requirePacker(bakery.env)
  const [{ wanted, files }] = await allEnded(
    [fetchWanted(bakery, survey.bases, builds, watch.signal), builds ? initPacker(bakery.env) : undefined],
    watch.signal,
  )
  const plan = planImages({ ...survey, wanted })
  watch.show(viewOf(plan))
  const ids = await explained(runBake({ bakery, regions, wanted, files, watch }, plan))
  const made = [...ids].map(([architecture, byRegion]) => ({
    architecture,
    ids: Object.fromEntries(byRegion),
  }))
  const lines = made.flatMap(one =>
    Object.entries(one.ids).map(
      ([region, id]) => `${plan.image} for ${one.architecture} is ${id} in ${region}`,
    ),
  )
  return { json: { ...bakeJson(plan), made }, text: lines.join('\n') }
}
