import { join } from 'node:path'
import type { Architecture } from '../cluster/cluster.ts'
import { Stopped } from '../inventory/problems.ts'
import { copyImage, proveImage, publish } from '../targets/ec2/api/baked-image.ts'
import type { Aws } from '../targets/ec2/api/connect.ts'
import { observeLeftovers, removeLeftovers } from '../targets/ec2/api/leftovers.ts'
import type { Leftover } from '../targets/ec2/baked-image.ts'
import { type Bakery, sourceOf } from './bakery.ts'
import type { BakePlan, BakeStep } from './ec2-plan.ts'
import type { Regions, Wanted } from './ec2-survey.ts'
import { shortFingerprint } from './fingerprint.ts'
import { type Build, build, packagesFile, validate, type Watch } from './packer.ts'
import { imagesByRegion } from './packer-output.ts'
import { machineVariables } from './packer-variables.ts'
import { type BakeRecord, writeRecords } from './records.ts'
import { allEnded, beginRun, forgetRuns, type Run } from './runs.ts'

/** What the steps of a bake operate on. */
export interface BakeGround {
  readonly bakery: Bakery
  readonly regions: Regions
  readonly wanted: readonly Wanted[]
  /** The file of each artifact, by its checksum. */
  readonly files: ReadonlyMap<string, string>
  readonly watch: Watch
}

type StepOf<A extends BakeStep['action']> = Extract<BakeStep, { readonly action: A }>

/** The images by architecture and region. */
type Made = Map<Architecture, Map<string, string>>

/**
 * Carries out the steps of a bake. Leftovers are removed first, and nothing is published before all images are
 * complete.
 *
 * @returns the images by architecture and region
 * @throws Stopped if a build fails or is interrupted, after removing what it created
 */
export async function runBake(ground: BakeGround, plan: BakePlan): Promise<Made> {
  const of = <A extends BakeStep['action']>(action: A) =>
    plan.steps.filter((step): step is StepOf<A> => step.action === action)
  await removeOld(ground.bakery, ground.regions, of('remove'))
  const made: Made = new Map(
    plan.images.map(({ architecture, present }) => [architecture, new Map(Object.entries(present))]),
  )
  if (of('build').length + of('copy').length > 0) await makeImages(ground, of('build'), of('copy'), made)
  if (ground.watch.signal.aborted) {
    throw new Stopped('interrupted: nothing was published; the next bake resumes from here', 130)
  }
  await publishAll(ground, of('publish'), made)
  return made
}

/** Builds and copies images in one run. If a step fails, removes everything that the run created. */
async function makeImages(
  ground: BakeGround,
  builds: readonly StepOf<'build'>[],
  copies: readonly StepOf<'copy'>[],
  made: Made,
): Promise<void> {
  const { bakery, regions, watch } = ground
  const started = new Date()
  const run = beginRun(bakery, started)
  const jobs = builds.map(step => jobFor(ground, step, run, started))
  try {
    await allEnded(
      jobs.map(({ todo }) => validate(todo)),
      watch.signal,
    )
  } catch (error) {
    run.end()
    throw error
  }
  const outcomes = await Promise.allSettled([
    ...jobs.map(job => buildImage(ground, job)),
    ...copies.map(step => copyTo(ground, step, run)),
  ])
  const failed = outcomes.filter(outcome => outcome.status === 'rejected')
  if (failed.length > 0 || watch.signal.aborted) {
    await cleanUp(regions, watch, run)
    watch.signal.throwIfAborted()
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

interface MadeImage {
  readonly architecture: Architecture
  readonly ids: Readonly<Record<string, string>>
  readonly record?: BakeRecord
}

/** Images are marked as deprecated two years after the start of their bake. */
const life = 2 * 365 * 86_400_000

/** A build: the variables for Packer, and the image that it creates. */
interface Job {
  readonly todo: Build
  readonly step: StepOf<'build'>
  readonly wanted: Wanted
  readonly started: Date
}

function jobFor(
  { bakery, wanted: all, files }: BakeGround,
  step: StepOf<'build'>,
  run: Run,
  started: Date,
): Job {
  const wanted = all.find(({ architecture }) => architecture === step.architecture)
  if (wanted === undefined) throw new Error(`no plan for the image for ${step.architecture}`)
  const { ingredients, fingerprint, base } = wanted
  const folder = join('build', ingredients.name, step.architecture)
  const variables = machineVariables(ingredients, fingerprint, files, {
    ...{ cluster: bakery.cluster, base, packagesFile: packagesFile(folder) },
    ...{ title: step.title, regions: step.regions, run: run.id },
    deprecateAt: new Date(started.getTime() + life).toISOString().replace(/\.\d+/, ''),
  })
  const todo = { source: 'amazon-ebs.machine' as const, folder, env: bakery.env, variables }
  return { todo, step, wanted, started }
}

async function buildImage({ bakery, watch }: BakeGround, job: Job): Promise<MadeImage> {
  const { todo, step, wanted, started } = job
  const { architecture, base, ingredients, fingerprint } = wanted
  const tell = (line: string) => watch.tell(`${architecture}: ${line}`)
  const [source, end] = await allEnded([
    sourceOf(bakery.inventory, bakery.env),
    build(todo, { ...watch, tell }),
  ])
  const ids = imagesByRegion(end.made.find(({ builder }) => builder === 'mitchellh.amazonebs')?.id ?? '')
  const missing = step.regions.filter(region => ids[region] === undefined)
  if (missing.length > 0) throw new Stopped(`Packer did not create an image in ${missing.join(', ')}`)
  const record = {
    ...{ ingredients, fingerprint, ids, source },
    folder: todo.folder,
    target: 'aws' as const,
    baseName: base.name,
    started: started.toISOString(),
    ended: new Date().toISOString(),
  }
  return { architecture, ids, record }
}

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
      if (id === undefined) throw new Error(`the image for ${architecture} was not created in ${region}`)
      const fingerprint = wanted.find(one => one.architecture === architecture)?.fingerprint ?? ''
      const says = `${bakery.cluster.image.name} ${shortFingerprint(fingerprint)}, baked by mesos-bakery`
      await publish(regionOf(regions, region), parameter, id, says)
      watch.tell(`${architecture}: published ${id} as ${parameter} in ${region}`)
    }),
  )
}

function regionOf(regions: Regions, region: string): Aws {
  const aws = regions.get(region)
  if (aws === undefined) throw new Error(`there is no client for ${region}`)
  return aws
}

/** Removes what a run created, and reports it. The next bake finds what could not be removed. */
async function cleanUp(regions: Regions, { tell }: Watch, run: Run): Promise<void> {
  try {
    const found = await Promise.all([...regions.values()].map(observeLeftovers))
    const own = found.flat().filter(one => one.run === run.id)
    if (own.length > 0) tell(`removing the resources of this bake: ${sayLeftovers(own)}`)
    await removeAll(regions, own)
    run.end()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    tell(`some resources could not be removed (${why}); the next bake tries again`)
  }
}

/** Removes what killed bakes left behind, and reports it. */
async function removeOld(
  bakery: Pick<Bakery, 'env' | 'tell'>,
  regions: Regions,
  steps: readonly Leftover[],
): Promise<void> {
  if (steps.length === 0) return
  bakery.tell(`removing the resources of an interrupted bake: ${sayLeftovers(steps)}`)
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
