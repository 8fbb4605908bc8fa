import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Architecture, Cluster } from '../cluster/cluster.ts'
import type { Artifact } from '../inventory/image-settings.ts'
import { Path } from '../inventory/problem-path.ts'
import { orRefuse, type Problem } from '../inventory/problems.ts'
import { type Env, runProgram } from '../programs/run-program.ts'
import { fetchAll } from './download.ts'
import { type Ingredients, type LockedArtifact, type SourceFile, sha256 } from './fingerprint.ts'
import { lockFile, lockText, type Pin, parseLock, pinned, type Wanted, wantedOf } from './lock.ts'
import type { SourceOfBake } from './manifest.ts'

/** An inventory as it was read. */
export interface InventoryText {
  readonly file: string
  readonly text: string
  readonly folder: string
}

/** How a bake communicates with the user. */
export interface BakeryGround {
  readonly env: Env
  readonly tell: (line: string) => void
  /**
   * From this call until the release, an interrupt aborts the signal.
   *
   * @param outcome describes the result of an interrupted run
   */
  readonly takeInterrupt: (outcome: string) => { readonly signal: AbortSignal; readonly release: () => void }
}

/** The input of a bake. */
export interface Bakery extends BakeryGround {
  readonly cluster: Cluster
  /**
   * The text of the inventory and its directory, which contains the lock file and is the base of relative `file:` URLs.
   */
  readonly inventory: InventoryText
  /** Refuses artifacts that are not in the lock file. */
  readonly frozen: boolean
}

/** The result of an interrupted bake. */
export const unmade = 'no image was created, and nothing was published'

/** The input for baking the image of an inventory. */
export function bakeryOf(
  { cluster, source }: { readonly cluster: Cluster; readonly source: InventoryText },
  ground: BakeryGround,
  frozen = false,
): Bakery {
  return { cluster, inventory: source, frozen, ...ground }
}

/** A directory of ours in the cache of the user. */
export function cacheFolder({ env }: Pick<Bakery, 'env'>, name: string): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mesos-bakery', name)
}

/**
 * The artifacts of an architecture with their checksums. Undefined if one is not pinned yet.
 *
 * @throws Refused if a required artifact is missing, or an artifact contradicts the lock file
 */
export function lockedArtifacts(
  bakery: Bakery,
  architecture: Architecture,
): readonly LockedArtifact[] | undefined {
  const locked = wantedFor(bakery, architecture).map(({ artifact, sha256 }) => asLocked(artifact, sha256))
  return locked.includes(undefined) ? undefined : locked.filter(one => one !== undefined)
}

/**
 * Downloads the artifacts of an architecture and pins those that were not pinned.
 *
 * @param signal aborts downloads
 * @returns the artifacts, and the file for each checksum
 * @throws Refused if the content of an artifact has changed
 */
export async function fetchArtifacts(
  bakery: Bakery,
  architecture: Architecture,
  signal: AbortSignal,
): Promise<{ readonly artifacts: readonly LockedArtifact[]; readonly files: ReadonlyMap<string, string> }> {
  const store = {
    cache: cacheFolder(bakery, 'artifacts'),
    inventoryFolder: bakery.inventory.folder,
    tell: bakery.tell,
    signal,
  }
  const wanted = wantedFor(bakery, architecture)
  const fetched = await fetchAll(wanted, store)
  writeLock(bakery, fetched)
  return {
    artifacts: wanted.map(({ artifact }, index) => asLocked(artifact, fetched[index]?.sha256 ?? '')),
    files: new Map(fetched.map(({ sha256, file }) => [sha256, file])),
  }
}

function wantedFor({ cluster, inventory, frozen }: Bakery, architecture: Architecture): readonly Wanted[] {
  const artifacts = artifactsFor(cluster.image.artifacts, architecture)
  const { value, problems } = wantedOf(artifacts, readLock(inventory.folder), frozen)
  return orRefuse(value, [...missingArtifacts(cluster, architecture), ...problems])
}

/** The artifacts that an image requires and the inventory does not name: Debian provides neither Consul nor Mesos. */
export function missingArtifacts({ image, target }: Cluster, architecture: Architecture): readonly Problem[] {
  const artifacts = artifactsFor(image.artifacts, architecture)
  return (['consul', 'mesos'] as const)
    .filter(name => !artifacts.some(artifact => artifact.name === name))
    .map(name => ({
      path: Path.inInventory('image', 'artifacts'),
      message: `has no ${name} for ${architecture}; add { name: ${name}, kind: …, url: … }; docs/packages.md says where packages come from${target === 'local' ? ', launch --stand-ins needs no packages' : ''}`,
    }))
}

function artifactsFor(artifacts: readonly Artifact[], architecture: Architecture): readonly Artifact[] {
  return artifacts.filter(one => (one.architecture ?? architecture) === architecture)
}

function asLocked(artifact: Artifact, sha256: string): LockedArtifact
function asLocked(artifact: Artifact, sha256: string | undefined): LockedArtifact | undefined
function asLocked({ name, kind, url, version = '' }: Artifact, sha256: string | undefined) {
  return sha256 === undefined ? undefined : { name, kind, url, sha256, version }
}

function readLock(folder: string): readonly Pin[] {
  const file = join(folder, lockFile)
  return existsSync(file) ? parseLock(readFileSync(file, 'utf8')) : []
}

function writeLock({ cluster, inventory, tell }: Bakery, fetched: readonly Pin[]): void {
  const before = readLock(inventory.folder)
  const text = lockText(pinned(cluster.image.artifacts, before, fetched))
  if (text === lockText(before)) return
  const file = join(inventory.folder, lockFile)
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
  tell(`recorded the checksums of the artifacts in ${lockFile}; commit this file`)
}

/** Everything that goes into an image. */
export function ingredientsOf(
  { cluster }: Bakery,
  architecture: Architecture,
  { base, artifacts }: Pick<Ingredients, 'base' | 'artifacts'>,
): Ingredients {
  const { name, cgroups } = cluster.image
  return { name, architecture, cgroups, base, version: productVersion(), artifacts, files: readSources() }
}

const product = fileURLToPath(new URL('../../', import.meta.url))

/** The directory of the templates, the overlay and the provisioners. */
export const packerFolder = join(product, 'packer')

/** The version of mesos-bakery. */
function productVersion(): string {
  return JSON.parse(readFileSync(join(product, 'package.json'), 'utf8')).version
}

/**
 * In packer/: user data that `verify` validates with the cloud-init of an image. It does not become part of the image.
 */
const samples = 'samples'

/** The files in packer/ that an image is built from. Does not include documentation and samples. */
export function readSources(folder = packerFolder): readonly SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory() && !entry.name.endsWith('.md'))
    .filter(entry => entry.parentPath !== join(folder, samples))
    .map(entry => {
      const file = join(entry.parentPath, entry.name)
      const path = relative(folder, file).replaceAll(sep, '/')
      if (entry.isSymbolicLink()) return { path, kind: 'link', sha256: sha256(readlinkSync(file)) }
      const kind = (statSync(file).mode & 0o100) === 0 ? 'file' : 'program'
      return { path, kind, sha256: sha256(readFileSync(file)) }
    })
}

/** The state of the git repository that contains an inventory. */
export async function sourceOf({ file, text, folder }: InventoryText, env: Env): Promise<SourceOfBake> {
  const git = (...args: readonly string[]) => runProgram('git', ['-C', folder, ...args], { env })
  const [commit, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')])
  return {
    inventory: file,
    sha256: sha256(text),
    commit: commit.code === 0 ? commit.stdout.trim() : null,
    dirty: status.stdout.trim() !== '',
  }
}
