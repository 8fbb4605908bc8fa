import { join } from 'node:path'
import { copyImage, proveImage } from '../aws/baked-images.ts'
import type { Aws } from '../aws/connect.ts'
import { observeLeftovers, removeLeftovers } from '../aws/leftovers.ts'
import { publish } from '../aws/published.ts'
import type { Architecture } from '../cluster/cluster.ts'
import { imageTag } from '../cluster/tags.ts'
import type { Leftover } from '../plan/baked-images.ts'
import { Stopped } from '../terminal/main.ts'
import type { Regions, Wanted } from './aws-survey.ts'
import type { BakePlan, BakeStep } from './bake-plan.ts'
import type { Bakery } from './bakery.ts'
import { build, packagesFile, type Watch } from './build.ts'
import { shortFingerprint } from './fingerprint.ts'
import { imagesByRegion } from './packer-output.ts'
import { type BakeRecord, sourceOf, writeRecords } from './records.ts'
import { beginRun, forgetRuns, type Run } from './runs.ts'
import { commonVariables, noContainer, type PackerVariables } from './var-file.ts'

/** What the steps of a bake act on. */
export interface BakeGround {
  readonly bakery: Bakery
  readonly regions: Regions
  readonly wanted: readonly Wanted[]
  /** The file of each artifact, by its checksum. */
  readonly files: ReadonlyMap<string, string>
  readonly watch: Watch
}

type StepOf<A extends BakeStep['action']> = Extract<BakeStep, { readonly action: A }>

/** The image of each architecture and region. */
type Made = Map<Architecture, Map<string, string>>

/**
 * Does the steps of a bake: what is left over goes first, and nothing is published before all of it is there.
 *
 * @returns the images by architecture and region
 * @throws Stopped when a build fails or is interrupted, after removing what it had made
 */
export async function runBake(ground: BakeGround, plan: BakePlan): Promise<Made> {
  const of = <A extends BakeStep['action']>(action: A) =>
    plan.steps.filter((step): step is StepOf<A> => step.action === action)
  await removeOld(ground, of('remove'))
  const made: Made = new Map(
    plan.images.map(({ architecture, present }) => [architecture, new Map(Object.entries(present))]),
  )
  if (of('build').length + of('copy').length > 0) await makeImages(ground, of('build'), of('copy'), made)
  refuseToGoOn(ground.watch)
  await publishAll(ground, of('publish'), made)
  return made
}

async function removeOld({ bakery, regions, watch }: BakeGround, steps: readonly Leftover[]): Promise<void> {
  if (steps.length === 0) return
  watch.tell(`removing what a bake that was killed has left: ${sayLeftovers(steps)}`)
  await removeAll(regions, steps)
  forgetRuns(bakery, [...new Set(steps.map(({ run }) => run))])
}

function sayLeftovers(leftovers: readonly Leftover[]): string {
  return leftovers.map(({ kind, id, region }) => `${kind} ${id} in ${region}`).join(', ')
}

async function removeAll(regions: Regions, leftovers: readonly Leftover[]): Promise<void> {
  const all = [...regions.values()]
  await Promise.all(
    all.map(aws =>
      removeLeftovers(
        aws,
        leftovers.filter(one => one.region === aws.region),
      ),
    ),
  )
}

/** Builds and copies within one run, and takes everything of it away again where not all of it comes to be. */
async function makeImages(
  ground: BakeGround,
  builds: readonly StepOf<'build'>[],
  copies: readonly StepOf<'copy'>[],
  made: Made,
): Promise<void> {
  const { bakery, regions, watch } = ground
  const run = beginRun(bakery, new Date())
  const outcomes = await Promise.allSettled([
    ...builds.map(step => buildImage(ground, step, run)),
    ...copies.map(step => copyTo(ground, step, run)),
  ])
  const failed = outcomes.filter(outcome => outcome.status === 'rejected')
  if (failed.length > 0 || watch.signal.aborted) {
    await cleanUp(ground, run)
    if (watch.signal.aborted) throw new Stopped('interrupted: nothing was published', 130)
    throw failed[0]?.reason
  }
  const records = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const when = new Date().toISOString()
  for (const { architecture, ids } of records) {
    for (const [region, id] of Object.entries(ids)) made.get(architecture)?.set(region, id)
    await Promise.all(
      Object.entries(ids).map(([region, id]) => proveImage(regionOf(regions, region), id, when)),
    )
  }
  run.end()
  const built = records.flatMap(({ record }) => (record === undefined ? [] : [record]))
  if (built.length === 0) return
  const name = bakery.cluster.image.name
  watch.tell(`wrote ${writeRecords(join('build', name), name, built)}`)
}

/** Removes what a run has made, and says so. What can't be removed now, the next bake will find. */
async function cleanUp({ bakery, regions, watch }: BakeGround, run: Run): Promise<void> {
  try {
    const found = await Promise.all([...regions.values()].map(observeLeftovers))
    const own = found.flat().filter(one => one.run === run.id)
    if (own.length > 0) watch.tell(`removing what the bake has made: ${sayLeftovers(own)}`)
    await removeAll(regions, own)
    run.end()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    bakery.tell(`not all of it could be removed (${why}); the next bake tries again`)
  }
}

interface MadeImage {
  readonly architecture: Architecture
  readonly ids: Readonly<Record<string, string>>
  readonly record?: BakeRecord
}

async function buildImage(ground: BakeGround, step: StepOf<'build'>, run: Run): Promise<MadeImage> {
  const { bakery, watch } = ground
  const wanted = ground.wanted.find(({ architecture }) => architecture === step.architecture)
  if (wanted === undefined) throw new Error(`nothing is known of the image for ${step.architecture}`)
  const { architecture, base, ingredients, fingerprint } = wanted
  const folder = join('build', ingredients.name, architecture)
  const started = new Date()
  const variables = machineVariables(ground, wanted, { step, run, folder, started })
  const tell = (line: string) => watch.tell(`${architecture}: ${line}`)
  const end = await build(
    { source: 'amazon-ebs.machine', folder, env: bakery.env, variables },
    { ...watch, tell },
  )
  const ids = imagesByRegion(end.made.find(({ builder }) => builder === 'mitchellh.amazonebs')?.id ?? '')
  const missing = step.regions.filter(region => ids[region] === undefined)
  if (missing.length > 0) throw new Stopped(`Packer made no image in ${missing.join(', ')}`)
  const record = {
    ingredients,
    fingerprint,
    folder,
    target: 'aws' as const,
    ids,
    baseName: base.name,
    source: await sourceOf(bakery.inventory, bakery.env),
    started: started.toISOString(),
    ended: new Date().toISOString(),
  }
  return { architecture, ids, record }
}

const life = 2 * 365 * 86_400_000

function machineVariables(
  { bakery, files }: BakeGround,
  { base, ingredients, fingerprint }: Wanted,
  now: { step: StepOf<'build'>; run: Run; folder: string; started: Date },
): PackerVariables {
  const { image, tags } = bakery.cluster
  const { architecture } = ingredients
  const [region, ...copies] = now.step.regions
  const ours = {
    [imageTag.name]: ingredients.name,
    [imageTag.fingerprint]: fingerprint,
    [imageTag.version]: ingredients.version,
    [imageTag.base]: base.id,
    [imageTag.run]: now.run.id,
  }
  return {
    ...commonVariables(ingredients, files),
    ...noContainer,
    fingerprint,
    packages_file: packagesFile(now.folder),
    title: now.step.title,
    region: region ?? '',
    source_ami: base.id,
    root_device: base.rootDevice,
    instance_type: image.instance_types?.[architecture] ?? defaultTypes[architecture],
    subnet_id: image.subnet ?? '',
    copy_regions: copies,
    deprecate_at: new Date(now.started.getTime() + life).toISOString().replace(/\.\d+/, ''),
    tags: { ...tags, Name: now.step.title, ...ours },
    run_tags: { ...tags, [imageTag.run]: now.run.id },
  }
}

const defaultTypes = { amd64: 'm6i.large', arm64: 'm6g.large' } as const

async function copyTo({ regions, watch }: BakeGround, step: StepOf<'copy'>, run: Run): Promise<MadeImage> {
  const { architecture, image, region } = step
  watch.tell(`${architecture}: copying ${image.id} to ${region}`)
  return { architecture, ids: { [region]: await copyImage(regionOf(regions, region), image, run.id) } }
}

async function publishAll(
  ground: BakeGround,
  steps: readonly StepOf<'publish'>[],
  made: Made,
): Promise<void> {
  const { bakery, regions, watch, wanted } = ground
  await Promise.all(
    steps.map(async ({ architecture, region, parameter }) => {
      const id = made.get(architecture)?.get(region)
      if (id === undefined) throw new Error(`no image for ${architecture} in ${region} was made`)
      const fingerprint = wanted.find(one => one.architecture === architecture)?.fingerprint ?? ''
      const says = `${bakery.cluster.image.name} ${shortFingerprint(fingerprint)}, baked by mesos-bakery`
      await publish(regionOf(regions, region), parameter, id, says)
      watch.tell(`${architecture}: published ${id} as ${parameter} in ${region}`)
    }),
  )
}

function regionOf(regions: Regions, region: string): Aws {
  const aws = regions.get(region)
  if (aws === undefined) throw new Error(`nothing leads to ${region}`)
  return aws
}

function refuseToGoOn({ signal }: Watch): void {
  if (signal.aborted) throw new Stopped('interrupted: nothing was published', 130)
}
