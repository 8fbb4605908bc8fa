import { join } from 'node:path'
import type { Architecture } from '../cluster/cluster.ts'
import { Path } from '../inventory/problem-path.ts'
import { Refused, Stopped } from '../inventory/problems.ts'
import { findProgram, type Ran, runProgram } from '../programs/run-program.ts'
import { limitFlags } from '../targets/containers/engine/dialect.ts'
import { type Engine, findEngine } from '../targets/containers/engine/engine.ts'
import type { Asked, PlannedBake } from './baker.ts'
import {
  type Bakery,
  fetchArtifacts,
  ingredientsOf,
  lockedArtifacts,
  missingArtifacts,
  sourceOf,
  unmade,
} from './bakery.ts'
import { fingerprintOf, type Ingredients, shortFingerprint } from './fingerprint.ts'
import { build, initPacker, packagesFile, requirePacker, type Watch, withDocker } from './packer.ts'
import { containerVariables } from './packer-variables.ts'
import { allEnded, beginRun, forgetRuns, overRuns } from './runs.ts'

/** The image for the local target, as described by the inventory. */
interface ContainerImage {
  /** `localhost/mesos-bakery/mesos:0123456789ab`. */
  readonly reference: string
  readonly fingerprint: string
  readonly architecture: Architecture
  /** Undefined if the image does not exist. */
  readonly id: string | undefined
}

/** Checks whether the image exists, and plans what a bake would do. */
export async function planBake(bakery: Bakery, { engine: name, force }: Asked): Promise<PlannedBake> {
  const engine = await findEngine(name)
  const known = await findImage(bakery, engine)
  const isDone = known?.id !== undefined && !force
  const reference = known?.reference ?? join('localhost/mesos-bakery', bakery.cluster.image.name)
  return {
    view: {
      images: [],
      steps: isDone ? [] : [{ name: reference, says: { sign: '+', title: 'build', detail: '' } }],
      nothing: `${reference} is up to date.`,
    },
    json: { ...known, bake: !isDone },
    isDone,
    bake: async watch => {
      const image = await bakeImage(bakery, engine, { ...watch, force })
      return {
        json: image,
        text: `Baked ${image.reference} (fingerprint ${shortFingerprint(image.fingerprint)})`,
      }
    },
  }
}

/** The name of the image that the inventory describes. Undefined before its first bake, which pins the artifacts. */
export async function imageName(bakery: Bakery, engine: Engine): Promise<string | undefined> {
  if (missingArtifacts(bakery.cluster, localArchitecture()).length > 0) return undefined
  return (await findImage(bakery, engine))?.reference
}

/**
 * The image that the inventory describes. If it does not exist, reports this and bakes it.
 *
 * @throws Refused for problems that the user can resolve, Stopped if the build fails
 */
export async function bakedImage(bakery: Bakery, engine: Engine): Promise<string> {
  const present = await findImage(bakery, engine)
  if (present?.id !== undefined) return present.reference
  bakery.tell(`the image ${bakery.cluster.image.name} does not exist yet: baking it`)
  const { signal, release } = bakery.takeInterrupt(unmade)
  try {
    const watch = { tell: bakery.tell, verbose: false, force: false, signal }
    return (await bakeImage(bakery, engine, watch)).reference
  } finally {
    release()
    bakery.tell('')
  }
}

/**
 * Looks for the local image. Changes and downloads nothing.
 *
 * @returns undefined if the image cannot exist: its artifacts are not pinned yet, or its base image is not on this
 *   machine
 */
async function findImage(bakery: Bakery, engine: Engine): Promise<ContainerImage | undefined> {
  const artifacts = lockedArtifacts(bakery, localArchitecture())
  const base = await idOf(bakery, engine, bakery.cluster.image.container_base)
  if (artifacts === undefined || base === undefined) return undefined
  return lookUp(bakery, engine, ingredientsOf(bakery, localArchitecture(), { base, artifacts }))
}

/**
 * Bakes the local image, unless it is found to exist once its artifacts are pinned.
 *
 * @param force bakes it even if it exists
 * @throws Refused for problems that the user can resolve, Stopped if the build fails
 */
async function bakeImage(
  bakery: Bakery,
  engine: Engine,
  watch: Watch & { readonly force: boolean },
): Promise<ContainerImage & { readonly baked: boolean }> {
  requirePacker(bakery.env)
  const [base, { artifacts, files }] = await allEnded(
    [
      fetchBase(bakery, engine),
      fetchArtifacts(bakery, localArchitecture(), watch.signal),
      initPacker(bakery.env),
      removeLeftContainers(bakery, engine),
    ],
    watch.signal,
  )
  const ingredients = ingredientsOf(bakery, localArchitecture(), { base, artifacts })
  if (!watch.force) {
    const present = await lookUp(bakery, engine, ingredients)
    if (present.id !== undefined) return { ...present, baked: false }
  }
  const started = new Date().toISOString()
  // The module that writes the records is slow to load, so it is loaded while Packer builds.
  const [{ writeRecords }, source] = await allEnded([
    import('./records.ts'),
    sourceOf(bakery.inventory, bakery.env),
    buildContainer(bakery, engine, { ingredients, files, watch }),
  ])
  const ended = new Date().toISOString()
  const { id, ...made } = await lookUp(bakery, engine, ingredients)
  if (id === undefined) throw new Stopped(`Packer did not create ${made.reference}; see its log`)
  const record = {
    ...{ ingredients, source, started, ended },
    fingerprint: made.fingerprint,
    folder: folderOf(ingredients),
    target: 'local' as const,
    ids: { local: id },
    baseName: bakery.cluster.image.container_base,
  }
  bakery.tell(`wrote ${writeRecords(record.folder, ingredients.name, [record])}`)
  return { ...made, id, baked: true }
}

function folderOf({ name }: Ingredients): string {
  return join('build', name, 'local')
}

interface Job {
  readonly ingredients: Ingredients
  readonly files: ReadonlyMap<string, string>
  readonly watch: Watch
}

async function buildContainer(bakery: Bakery, engine: Engine, job: Job): Promise<void> {
  const { ingredients, files, watch } = job
  const fingerprint = fingerprintOf(ingredients)
  const run = beginRun(bakery, new Date())
  const folder = folderOf(ingredients)
  const variables = containerVariables(ingredients, fingerprint, files, {
    base: bakery.cluster.image.container_base,
    tags: [shortFingerprint(fingerprint), 'latest'],
    packagesFile: packagesFile(folder),
  })
  const path = findProgram(engine.name, bakery.env) ?? engine.name
  const removeOwn = () => removeContainers(bakery, engine, id => id === run.id)
  // Packer waits for the command in its container, which ends when the container is removed.
  watch.signal.addEventListener('abort', removeOwn, { once: true })
  try {
    await withDocker(
      bakery,
      { path, flags: [`--label=${runLabel}=${run.id}`, ...limitFlags(engine.name)] },
      env => build({ source: 'docker.container', folder, env, variables }, watch),
    )
  } catch (error) {
    await removeOwn()
    throw error
  } finally {
    watch.signal.removeEventListener('abort', removeOwn)
    run.end()
  }
}

async function lookUp(bakery: Bakery, engine: Engine, ingredients: Ingredients): Promise<ContainerImage> {
  const fingerprint = fingerprintOf(ingredients)
  const reference = `localhost/mesos-bakery/${ingredients.name}:${shortFingerprint(fingerprint)}`
  const id = await idOf(bakery, engine, reference)
  return { reference, fingerprint, architecture: ingredients.architecture, id }
}

/** The architecture of this machine, in Debian's terms. */
function localArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'arm64' : 'amd64'
}

async function idOf(bakery: Bakery, engine: Engine, image: string): Promise<string | undefined> {
  const { code, stdout } = await runEngine(bakery, engine, 'image', 'inspect', '--format', '{{.Id}}', image)
  return code === 0 ? stdout.trim().replace(/^sha256:/, '') : undefined
}

async function fetchBase(bakery: Bakery, engine: Engine): Promise<string> {
  const image = bakery.cluster.image.container_base
  const present = await idOf(bakery, engine, image)
  if (present !== undefined) return present
  bakery.tell(`pulling ${image}`)
  const { stderr } = await runEngine(bakery, engine, 'pull', '--quiet', image)
  const pulled = await idOf(bakery, engine, image)
  if (pulled !== undefined) return pulled
  const message = `${engine.name} cannot pull ${image}: ${stderr.trim().split('\n').at(-1)}; use a different image`
  throw new Refused([{ path: Path.inInventory('image', 'container_base'), message }])
}

/** The label of containers that are used to bake, with the name of the run. */
const runLabel = 'mesos-bakery.run'

/** Runs the container engine and waits for it to exit. */
function runEngine({ env }: Bakery, { name }: Engine, ...args: readonly string[]): Promise<Ran> {
  return runProgram(name, args, { env })
}

/** Removes the containers of bakes that were killed. */
async function removeLeftContainers(bakery: Bakery, engine: Engine): Promise<void> {
  const over = overRuns(bakery, new Date())
  const removed = await removeContainers(bakery, engine, over)
  forgetRuns(bakery, removed)
  if (removed.length > 0) bakery.tell(`removed containers of an interrupted bake: ${removed.length}`)
}

/** Removes the containers of some runs. @returns the runs that had containers */
async function removeContainers(bakery: Bakery, engine: Engine, isOver: (run: string) => boolean) {
  // Podman prints labels as map[name:value …], Docker as name=value,…
  const list = [
    'ps',
    '--all',
    '--no-trunc',
    '--filter',
    `label=${runLabel}`,
    '--format',
    '{{.ID}} {{.Labels}}',
  ]
  const { stdout } = await runEngine(bakery, engine, ...list)
  const left = [...stdout.matchAll(/^(\w+) .*\bmesos-bakery\.run[:=]([\w-]+)/gm)]
    .map(([, id = '', run = '']) => [id, run])
    .filter(([, run = '']) => isOver(run))
  // Podman gives a container 10 seconds to stop; Docker kills it immediately.
  const atOnce = engine.name === 'podman' ? ['--time=0'] : []
  for (const [id = ''] of left) await runEngine(bakery, engine, 'rm', '--force', ...atOnce, '--volumes', id)
  return left.map(([, run = '']) => run)
}
