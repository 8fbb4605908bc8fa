import { join } from 'node:path'
import type { Architecture } from '../cluster/cluster.ts'
import { Refused } from '../inventory/problems.ts'
import { limitFlags } from '../local/dialect.ts'
import { Stopped } from '../terminal/main.ts'
import { type Bakery, fetchArtifacts, ingredientsOf, lockedArtifacts } from './bakery.ts'
import { build, packagesFile, type Watch, withDocker } from './build.ts'
import { fingerprintOf, type Ingredients, shortFingerprint } from './fingerprint.ts'
import { checkPacker } from './packer.ts'
import { findProgram, type Ran, runProgram } from './program.ts'
import { sourceOf, writeRecords } from './records.ts'
import { beginRun, forgetRuns, overRuns } from './runs.ts'
import { commonVariables, noMachine } from './var-file.ts'

/** The container engine, as scripts/local names it. */
export interface EngineName {
  readonly name: 'podman' | 'docker'
}

/** The image of the local target, as the inventory asks for it. */
export interface LocalImage {
  /** `localhost/mesos-bakery/mesos:0123456789ab`. */
  readonly reference: string
  readonly fingerprint: string
  readonly architecture: Architecture
  /** Where it is there. */
  readonly id: string | undefined
}

const runLabel = 'mesos-bakery.run'

/**
 * Looks whether the local image is there. Changes and downloads nothing.
 *
 * @returns nothing where it can't be there: its artifacts aren't pinned yet, or its base isn't on this machine
 */
export async function findLocalImage(bakery: Bakery, engine: EngineName): Promise<LocalImage | undefined> {
  const artifacts = lockedArtifacts(bakery, localArchitecture())
  const base = await idOf(bakery, engine, bakery.cluster.image.container_base)
  if (artifacts === undefined || base === undefined) return undefined
  return lookUp(bakery, engine, ingredientsOf(bakery, localArchitecture(), { base, artifacts }))
}

/**
 * Bakes the local image, unless it is there.
 *
 * @param force bakes it again
 * @throws Refused for what a person can mend, Stopped when the build fails
 */
export async function bakeLocalImage(
  bakery: Bakery,
  engine: EngineName,
  watch: Watch & { readonly force: boolean },
): Promise<LocalImage & { readonly baked: boolean }> {
  await removeLeftContainers(bakery, engine)
  const known = await findLocalImage(bakery, engine)
  if (known?.id !== undefined && !watch.force) return { ...known, baked: false }
  await checkPacker(bakery.env)
  const base = await fetchBase(bakery, engine)
  const { artifacts, files } = await fetchArtifacts(bakery, localArchitecture())
  const ingredients = ingredientsOf(bakery, localArchitecture(), { base, artifacts })
  const wanted = await lookUp(bakery, engine, ingredients)
  if (wanted.id !== undefined && !watch.force) return { ...wanted, baked: false }
  const started = new Date()
  await buildContainer(bakery, engine, { ingredients, files, watch })
  const made = await lookUp(bakery, engine, ingredients)
  if (made.id === undefined) throw new Stopped(`Packer made no ${made.reference}; see its log`)
  await recordLocal(bakery, ingredients, { ...made, id: made.id }, started)
  return { ...made, baked: true }
}

async function recordLocal(
  bakery: Bakery,
  ingredients: Ingredients,
  { id, fingerprint }: LocalImage & { readonly id: string },
  started: Date,
): Promise<void> {
  const folder = folderOf(ingredients)
  const record = {
    ingredients,
    fingerprint,
    folder,
    target: 'local' as const,
    ids: { local: id },
    baseName: bakery.cluster.image.container_base,
    source: await sourceOf(bakery.inventory, bakery.env),
    started: started.toISOString(),
    ended: new Date().toISOString(),
  }
  bakery.tell(`wrote ${writeRecords(folder, ingredients.name, [record])}`)
}

function folderOf({ name }: Ingredients): string {
  return join('build', name, 'local')
}

interface Job {
  readonly ingredients: Ingredients
  readonly files: ReadonlyMap<string, string>
  readonly watch: Watch
}

async function buildContainer(bakery: Bakery, engine: EngineName, job: Job): Promise<void> {
  const { ingredients, files, watch } = job
  const fingerprint = fingerprintOf(ingredients)
  const run = beginRun(bakery, new Date())
  const folder = folderOf(ingredients)
  const path = findProgram(engine.name, bakery.env) ?? engine.name
  try {
    await withDocker(
      bakery,
      { path, flags: [`--label=${runLabel}=${run.id}`, ...limitFlags(engine.name)] },
      env => build({ source: 'docker.container', folder, env, variables: variablesOf() }, watch),
    )
  } finally {
    await removeContainers(bakery, engine, id => id === run.id)
    run.end()
  }

  function variablesOf() {
    return {
      ...commonVariables(ingredients, files),
      ...noMachine,
      fingerprint,
      packages_file: packagesFile(folder),
      run_tags: {},
      container_base: bakery.cluster.image.container_base,
      container_tags: [shortFingerprint(fingerprint), 'latest'],
    }
  }
}

async function lookUp(bakery: Bakery, engine: EngineName, ingredients: Ingredients): Promise<LocalImage> {
  const fingerprint = fingerprintOf(ingredients)
  const reference = `localhost/mesos-bakery/${ingredients.name}:${shortFingerprint(fingerprint)}`
  const id = await idOf(bakery, engine, reference)
  return { reference, fingerprint, architecture: ingredients.architecture, id }
}

/** The architecture of this machine, as Debian calls it. */
function localArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'arm64' : 'amd64'
}

function runEngine({ env }: Bakery, { name }: EngineName, ...args: readonly string[]): Promise<Ran> {
  return runProgram(name, args, env)
}

async function idOf(bakery: Bakery, engine: EngineName, image: string): Promise<string | undefined> {
  const { code, stdout } = await runEngine(bakery, engine, 'image', 'inspect', '--format', '{{.Id}}', image)
  return code === 0 ? stdout.trim().replace(/^sha256:/, '') : undefined
}

async function fetchBase(bakery: Bakery, engine: EngineName): Promise<string> {
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

/** Removes the containers that killed bakes have left. */
async function removeLeftContainers(bakery: Bakery, engine: EngineName): Promise<void> {
  const over = overRuns(bakery, new Date())
  const removed = await removeContainers(bakery, engine, over)
  forgetRuns(bakery, removed)
  if (removed.length > 0) bakery.tell(`removed what a killed bake has left: ${removed.length} containers`)
}

async function removeContainers(bakery: Bakery, engine: EngineName, isOver: (run: string) => boolean) {
  // podman prints labels as map[name:value …], docker as name=value,…
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
  // podman gives a container ten seconds to stop, docker none.
  const atOnce = engine.name === 'podman' ? ['--time=0'] : []
  for (const [id = ''] of left) await runEngine(bakery, engine, 'rm', '--force', ...atOnce, '--volumes', id)
  return left.map(([, run = '']) => run)
}
