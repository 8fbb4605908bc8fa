import { join } from 'node:path'
import { Stopped } from '../cli/main.ts'
import type { Architecture } from '../cluster/cluster.ts'
import { Refused } from '../inventory/problems.ts'
import { findProgram } from '../programs/run-program.ts'
import { limitFlags } from '../targets/containers/engine/dialect.ts'
import type { Engine } from '../targets/containers/engine/engine.ts'
import { allEnded } from './all-ended.ts'
import { type Bakery, fetchArtifacts, ingredientsOf, lockedArtifacts } from './bakery.ts'
import { build, packagesFile, type Watch, withDocker } from './build.ts'
import { fingerprintOf, type Ingredients, shortFingerprint } from './fingerprint.ts'
import { initPacker, requirePacker } from './packer.ts'
import { removeContainers, removeLeftContainers, runEngine, runLabel } from './run-containers.ts'
import { beginRun } from './runs.ts'
import { sourceOf } from './source.ts'
import { containerVariables } from './var-file.ts'

/** The image of the local target, as the inventory asks for it. */
export interface LocalImage {
  /** `localhost/mesos-bakery/mesos:0123456789ab`. */
  readonly reference: string
  readonly fingerprint: string
  readonly architecture: Architecture
  /** Where it is there. */
  readonly id: string | undefined
}

/**
 * Looks whether the local image is there. Changes and downloads nothing.
 *
 * @returns nothing where it can't be there: its artifacts aren't pinned yet, or its base isn't on this machine
 */
export async function findLocalImage(bakery: Bakery, engine: Engine): Promise<LocalImage | undefined> {
  const artifacts = lockedArtifacts(bakery, localArchitecture())
  const base = await idOf(bakery, engine, bakery.cluster.image.container_base)
  if (artifacts === undefined || base === undefined) return undefined
  return lookUp(bakery, engine, ingredientsOf(bakery, localArchitecture(), { base, artifacts }))
}

/**
 * Bakes the local image, unless it turns out to be there once its artifacts are.
 *
 * @param force bakes it again
 * @throws Refused for what a person can mend, Stopped when the build fails
 */
export async function bakeLocalImage(
  bakery: Bakery,
  engine: Engine,
  watch: Watch & { readonly force: boolean },
): Promise<LocalImage & { readonly baked: boolean }> {
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
  // What writes the records takes a while to load: while Packer builds, nobody waits for it.
  const [{ writeRecords }, source] = await allEnded([
    import('./records.ts'),
    sourceOf(bakery.inventory, bakery.env),
    buildContainer(bakery, engine, { ingredients, files, watch }),
  ])
  const ended = new Date().toISOString()
  const { id, ...made } = await lookUp(bakery, engine, ingredients)
  if (id === undefined) throw new Stopped(`Packer made no ${made.reference}; see its log`)
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
  // Packer waits for what runs in its container; without it, that ends.
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

async function lookUp(bakery: Bakery, engine: Engine, ingredients: Ingredients): Promise<LocalImage> {
  const fingerprint = fingerprintOf(ingredients)
  const reference = `localhost/mesos-bakery/${ingredients.name}:${shortFingerprint(fingerprint)}`
  const id = await idOf(bakery, engine, reference)
  return { reference, fingerprint, architecture: ingredients.architecture, id }
}

/** The architecture of this machine, as Debian calls it. */
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
  const message = `${engine.name} can't pull ${image}: ${stderr.trim().split('\n').at(-1)}; give another base`
  throw new Refused([{ path: 'image.container_base', message }])
}
