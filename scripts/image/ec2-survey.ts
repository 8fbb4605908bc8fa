import { type Architecture, type Cluster, nodesOf } from '../cluster/cluster.ts'
import { Path } from '../inventory/problem-path.ts'
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

/** The scope of a bake. */
export interface Scope {
  readonly architectures: readonly Architecture[]
  /** The region of the build, followed by the regions that get copies. */
  readonly regions: readonly [string, ...string[]]
  readonly force: boolean
}

/** The scope of a bake: everything that the inventory describes, or what the options select. */
export function scopeOf(cluster: Cluster, { architecture, region, force }: Asked): Scope {
  const copies = (cluster.image.regions ?? []).filter(one => one !== cluster.region)
  return {
    architectures: architecture === undefined ? architecturesOf(cluster) : [architecture],
    regions: region === undefined ? [cluster.region, ...copies] : [region],
    force,
  }
}

/** The connections to AWS by region, that of the build first. */
export type Regions = ReadonlyMap<string, Aws>

/** What a bake needs to know about an account before it plans. */
export interface BakeSurvey extends Omit<BakeFacts, 'wanted'> {
  readonly bases: ReadonlyMap<Architecture, BaseImage>
}

/** The architectures that the inventory needs an image for. */
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
 * Observes everything that the plan of a bake depends on, with the calls to all regions in parallel.
 *
 * @throws Refused if there is no image to start from
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
    const setting = Path.inInventory('image', 'base')
    const path = given === undefined ? setting : setting.below(architecture)
    const what = given === undefined ? 'no Debian 12 AMI from Debian found' : `${given} not found`
    return { path, message: `${what} for ${architecture} in ${home.region}; set image.base to an AMI` }
  }
}

/** The desired image for an architecture. */
export interface Wanted {
  readonly architecture: Architecture
  readonly base: BaseImage
  readonly ingredients: Ingredients
  readonly fingerprint: string
}

/** The desired image, from a survey and artifacts with known checksums. */
function wantedImage(bakery: Bakery, base: BaseImage, artifacts: readonly LockedArtifact[]): Wanted {
  const { architecture } = base
  const ingredients = ingredientsOf(bakery, architecture, { base: base.id, artifacts })
  return { architecture, base, ingredients, fingerprint: fingerprintOf(ingredients) }
}

/** The desired images, as far as they are known before any download. */
export function foreseen(bakery: Bakery, survey: BakeSurvey): BakeFacts['wanted'] {
  return [...survey.bases.values()].map(base => {
    const artifacts = lockedArtifacts(bakery, base.architecture)
    if (artifacts !== undefined) return wantedImage(bakery, base, artifacts)
    return { architecture: base.architecture, base, fingerprint: undefined }
  })
}

/**
 * The desired images with all their ingredients. Artifacts are downloaded only if an image is built.
 *
 * @throws Refused if an artifact cannot be downloaded or has the wrong checksum
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
