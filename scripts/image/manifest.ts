import type { Architecture } from '../cluster/cluster.ts'
import type { Ingredients } from './fingerprint.ts'
import type { Package } from './packages.ts'

/** `build/<image>/image.json`: where each image came from, and what is in it. */
export interface Manifest {
  readonly image: string
  readonly images: readonly ManifestImage[]
}

/** One architecture, as it was baked last. */
export interface ManifestImage {
  readonly architecture: Architecture
  readonly target: 'aws' | 'local'
  /** EC2's ids by region; `local` for the container engine's. */
  readonly ids: Readonly<Record<string, string>>
  readonly fingerprint: string
  readonly cgroups: 'v1' | 'v2'
  readonly base: { readonly id: string; readonly name: string }
  readonly version: string
  readonly source: SourceOfBake
  readonly started: string
  readonly ended: string
  readonly artifacts: Ingredients['artifacts']
  readonly packages: readonly Package[]
}

/** The inventory that a bake was made from. */
export interface SourceOfBake {
  readonly inventory: string
  readonly sha256: string
  /** Of the repository that the inventory is in, if it is in one. */
  readonly commit: string | null
  /** Whether there were changes that the commit doesn't have. */
  readonly dirty: boolean
}

/** What a bake has to add to the ingredients. */
export type Baked = Pick<ManifestImage, 'target' | 'ids' | 'source' | 'started' | 'ended' | 'packages'> & {
  readonly baseName: string
}

/** The manifest's part of one architecture. */
export function manifestImage(ingredients: Ingredients, fingerprint: string, baked: Baked): ManifestImage {
  const { architecture, cgroups, base, version, artifacts } = ingredients
  const { target, ids, source, started, ended, packages, baseName } = baked
  return {
    architecture,
    target,
    ids,
    fingerprint,
    cgroups,
    base: { id: base, name: baseName },
    version,
    source,
    started,
    ended,
    artifacts,
    packages,
  }
}

/** The manifest with images that were baked now; those of other architectures stay. */
export function addToManifest(
  before: Manifest | undefined,
  image: string,
  baked: readonly ManifestImage[],
): Manifest {
  const kept = (before?.images ?? []).filter(
    old => !baked.some(({ architecture }) => architecture === old.architecture),
  )
  return {
    image,
    images: [...kept, ...baked].sort((a, b) => (a.architecture < b.architecture ? -1 : 1)),
  }
}
