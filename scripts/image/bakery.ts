import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Architecture, Cluster } from '../cluster/cluster.ts'
import type { Artifact } from '../inventory/image-settings.ts'
import { orRefuse, type Problem } from '../inventory/problems.ts'
import type { Env } from '../programs/run-program.ts'
import { fetchAll } from './download.ts'
import type { Ingredients, LockedArtifact } from './fingerprint.ts'
import { lockFile, lockText, type Pin, parseLock, pinned, type Wanted, wantedOf } from './lock.ts'
import { productVersion, readSources } from './sources.ts'

/** An inventory as it was read. */
export interface InventoryText {
  readonly file: string
  readonly text: string
  readonly folder: string
}

/** What a bake works from and with. */
export interface Bakery {
  readonly cluster: Cluster
  /** The inventory's text, and where it is: there the lock file is too, and what relative `file:` URLs name. */
  readonly inventory: InventoryText
  readonly env: Env
  /** Refuses artifacts that the lock doesn't have. */
  readonly frozen: boolean
  readonly tell: (line: string) => void
}

/** A folder of ours in the cache of who runs this. */
export function cacheFolder({ env }: Pick<Bakery, 'env'>, name: string): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mesos-bakery', name)
}

/**
 * The artifacts of an architecture, as far as their checksums are known; nothing where one isn't pinned yet.
 *
 * @throws Refused for what an image can't be without, and for what contradicts the lock
 */
export function lockedArtifacts(
  bakery: Bakery,
  architecture: Architecture,
): readonly LockedArtifact[] | undefined {
  const locked = wantedFor(bakery, architecture).map(({ artifact, sha256 }) => asLocked(artifact, sha256))
  return locked.includes(undefined) ? undefined : locked.filter(one => one !== undefined)
}

/**
 * Fetches the artifacts of an architecture and pins those that were not.
 *
 * @param signal breaks downloads off
 * @returns them, and the file of each checksum
 * @throws Refused for what isn't what it was
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
  const artifacts = cluster.image.artifacts.filter(one => (one.architecture ?? architecture) === architecture)
  const { value, problems } = wantedOf(artifacts, readLock(inventory.folder), frozen)
  return orRefuse(value, [...missing(artifacts, architecture), ...problems])
}

/** Debian has neither Consul nor Mesos. */
function missing(artifacts: readonly Artifact[], architecture: Architecture): readonly Problem[] {
  return (['consul', 'mesos'] as const)
    .filter(name => !artifacts.some(artifact => artifact.name === name))
    .map(name => ({
      path: 'image.artifacts',
      message: `has no ${name} for ${architecture}; add { name: ${name}, kind: …, url: … }, see inventory.example.yaml`,
    }))
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
  tell(`pinned the artifacts in ${lockFile}; keep it under version control`)
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
