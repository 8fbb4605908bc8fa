import { type Architecture, type Cluster, nodesOf } from '../cluster/cluster.ts'
import { orRefuse, type Problem } from '../inventory/problems.ts'
import { findBase, observeBakedImages, observePublished } from '../targets/ec2/api/baked-image.ts'
import { type Aws, connect, connectTo } from '../targets/ec2/api/connect.ts'
import { observeLeftovers } from '../targets/ec2/api/leftovers.ts'
import { accountOf } from '../targets/ec2/api/survey.ts'
import type { BaseImage } from '../targets/ec2/baked-image.ts'
import { imageParameter } from '../targets/ec2/image.ts'
import type { Asked } from './baker.ts'
import { type Bakery, fetchArtifacts, ingredientsOf, lockedArtifacts } from './bakery.ts'
import type { BakeFacts } from './ec2-plan.ts'
import { fingerprintOf, type Ingredients, type LockedArtifact } from './fingerprint.ts'
import { overRuns, stamp } from './runs.ts'

/** What a bake covers. */
export interface Scope {
  readonly architectures: readonly Architecture[]
  /** The region that bakes, then those that get copies. */
  readonly regions: readonly [string, ...string[]]
  readonly force: boolean
}

/** What a bake covers: all that the inventory asks for, or what was asked for instead. */
export function scopeOf(cluster: Cluster, { architecture, region, force }: Asked): Scope {
  const copies = (cluster.image.regions ?? []).filter(one => one !== cluster.region)
  return {
    architectures: architecture === undefined ? architecturesOf(cluster) : [architecture],
    regions: region === undefined ? [cluster.region, ...copies] : [region],
    force,
  }
}

/** The way to AWS in each region, the one that bakes first. */
export type Regions = ReadonlyMap<string, Aws>

/** What a bake has to know of an account before it plans. */
export interface BakeSurvey extends Omit<BakeFacts, 'wanted'> {
  readonly bases: ReadonlyMap<Architecture, BaseImage>
}

/** The architectures that an inventory asks an image for. */
function architecturesOf(cluster: Cluster): readonly Architecture[] {
  const used = nodesOf(cluster).map(({ machine }) => machine.architecture)
  return cluster.image.architectures ?? [...new Set(used)].sort()
}

/** @throws Refused without credentials */
export async function connectAll(regions: Scope['regions']): Promise<Regions> {
  const home = await connectTo(regions[0])
  const others = regions.slice(1).map(region => [region, connect(region, home.credentials)] as const)
  return new Map([[home.region, home], ...others])
}

/**
 * Looks at everything that a bake's plan follows from: one round of calls, however many regions there are.
 *
 * @throws Refused when there is no image to start from
 */
export async function surveyBake(bakery: Bakery, regions: Regions, scope: Scope): Promise<BakeSurvey> {
  const { name, base } = bakery.cluster.image
  const all = [...regions.values()]
  const [home] = all as [Aws]
  const now = new Date()
  const [account, bases, baked, published, leftovers] = await Promise.all([
    accountOf(home),
    Promise.all(scope.architectures.map(one => findBase(home, one, base?.[one]))),
    Promise.all(all.map(aws => observeBakedImages(aws, name))),
    Promise.all(all.map(aws => observePublished(aws, name, scope.architectures))),
    Promise.all(all.map(observeLeftovers)),
  ])
  const problems = scope.architectures.filter((_, index) => bases[index] === undefined).map(noBase)
  const found = bases.filter(one => one !== undefined).map(one => [one.architecture, one] as const)
  return orRefuse(
    {
      image: name,
      account,
      regions: scope.regions,
      force: scope.force,
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
    const what = given === undefined ? 'there is no Debian 12 AMI from Debian' : `there is no ${given}`
    return { path, message: `${what} for ${architecture} in ${home.region}; set image.base to an AMI` }
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
function wantedImage(bakery: Bakery, base: BaseImage, artifacts: readonly LockedArtifact[]): Wanted {
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

/**
 * The images that are wanted, all that goes into them known. Artifacts are fetched only if something is built.
 *
 * @throws Refused for artifacts that can't be had, or aren't what they must be
 */
export async function fetchWanted(
  bakery: Bakery,
  bases: ReadonlyMap<Architecture, BaseImage>,
  builds: boolean,
  signal: AbortSignal,
): Promise<{ readonly wanted: readonly Wanted[]; readonly files: ReadonlyMap<string, string> }> {
  const wanted: Wanted[] = []
  const files = new Map<string, string>()
  for (const [architecture, base] of bases) {
    const locked = builds ? undefined : lockedArtifacts(bakery, architecture)
    const fetched = locked
      ? { artifacts: locked, files: [] }
      : await fetchArtifacts(bakery, architecture, signal)
    for (const [sum, file] of fetched.files) files.set(sum, file)
    wanted.push(wantedImage(bakery, base, fetched.artifacts))
  }
  return { wanted, files }
}
