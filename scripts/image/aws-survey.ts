import { type Architecture, type Cluster, nodesOf } from '../cluster/cluster.ts'
import { orRefuse, type Problem } from '../inventory/problems.ts'
import { findBase, observeBakedImages } from '../targets/ec2/api/baked-image.ts'
import { type Aws, connect, connectTo } from '../targets/ec2/api/connect.ts'
import { observeLeftovers } from '../targets/ec2/api/leftovers.ts'
import { observePublished } from '../targets/ec2/api/published.ts'
import { accountOf } from '../targets/ec2/api/survey.ts'
import type { BaseImage } from '../targets/ec2/baked-image.ts'
import { imageParameter } from '../targets/ec2/image.ts'
import type { BakeFacts } from './bake-plan.ts'
import { type Bakery, ingredientsOf, lockedArtifacts } from './bakery.ts'
import { fingerprintOf, type Ingredients, type LockedArtifact } from './fingerprint.ts'
import { overRuns, stamp } from './runs.ts'

/** What a person asked for, beside the inventory. */
export interface Asked {
  readonly architectures: readonly Architecture[]
  /** The region that bakes, then those that get copies. */
  readonly regions: readonly [string, ...string[]]
  readonly force: boolean
}

/** The way to AWS in each region, the one that bakes first. */
export type Regions = ReadonlyMap<string, Aws>

/** What a bake has to know of an account before it plans. */
export interface BakeSurvey extends Omit<BakeFacts, 'wanted'> {
  readonly bases: ReadonlyMap<Architecture, BaseImage>
}

/** The architectures that an inventory asks an image for. */
export function architecturesOf(cluster: Cluster): readonly Architecture[] {
  const used = nodesOf(cluster).map(({ machine }) => machine.architecture)
  return cluster.image.architectures ?? [...new Set(used)].sort()
}

/** @throws Refused without credentials */
export async function connectAll(regions: Asked['regions']): Promise<Regions> {
  const home = await connectTo(regions[0])
  const others = regions.slice(1).map(region => [region, connect(region, home.credentials)] as const)
  return new Map([[home.region, home], ...others])
}

/**
 * Looks at everything that a bake's plan follows from: one round of calls, however many regions there are.
 *
 * @throws Refused when there is no image to start from
 */
export async function surveyBake(bakery: Bakery, regions: Regions, asked: Asked): Promise<BakeSurvey> {
  const { name, base } = bakery.cluster.image
  const all = [...regions.values()]
  const [home] = all as [Aws]
  const now = new Date()
  const [account, bases, baked, published, leftovers] = await Promise.all([
    accountOf(home),
    Promise.all(asked.architectures.map(one => findBase(home, one, base?.[one]))),
    Promise.all(all.map(aws => observeBakedImages(aws, name))),
    Promise.all(all.map(aws => observePublished(aws, name, asked.architectures))),
    Promise.all(all.map(observeLeftovers)),
  ])
  const problems = asked.architectures.filter((_, index) => bases[index] === undefined).map(noBase)
  const found = bases.filter(one => one !== undefined).map(one => [one.architecture, one] as const)
  return orRefuse(
    {
      image: name,
      account,
      regions: asked.regions,
      force: asked.force,
      bases: new Map(found),
      baked: baked.flat(),
      published: published.flat(),
      leftovers: leftovers.flat(),
      parameterOf: one => imageParameter(name, one),
      isOver: overRuns(bakery, now),
      stamp: stamp(now),
    },
    problems,
  )

  function noBase(architecture: Architecture): Problem {
    const given = base?.[architecture]
    const path = given === undefined ? 'image.base' : `image.base.${architecture}`
    const what = given === undefined ? 'Debian has published no Debian 12' : `there is no ${given}`
    return { path, message: `${what} for ${architecture} in ${home.region}; give an image to start from` }
  }
}

/** An image of one architecture as it is to be baked. */
export interface Wanted {
  readonly architecture: Architecture
  readonly base: BaseImage
  readonly ingredients: Ingredients
  readonly fingerprint: string
}

/** What is to be baked, from a survey and artifacts whose checksums are known. */
export function wantedImage(bakery: Bakery, base: BaseImage, artifacts: readonly LockedArtifact[]): Wanted {
  const { architecture } = base
  const ingredients = ingredientsOf(bakery, architecture, { base: base.id, artifacts })
  return { architecture, base, ingredients, fingerprint: fingerprintOf(ingredients) }
}

/** What a plan can say of each image before anything is downloaded. */
export function foreseen(bakery: Bakery, survey: BakeSurvey): BakeFacts['wanted'] {
  return [...survey.bases.values()].map(base => {
    const artifacts = lockedArtifacts(bakery, base.architecture)
    if (artifacts !== undefined) return wantedImage(bakery, base, artifacts)
    return { architecture: base.architecture, base, fingerprint: undefined }
  })
}
