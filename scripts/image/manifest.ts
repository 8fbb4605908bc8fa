import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import type { Architecture } from '../cluster/cluster.ts'
import type { Ingredients } from './fingerprint.ts'

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

/** A Debian package of an image. */
export interface Package {
  readonly name: string
  readonly version: string
  readonly architecture: string
}

/** Reads what `verify` got from dpkg-query: name, version and architecture in each line. */
export function readPackages(text: string): readonly Package[] {
  return text.split('\n').flatMap(line => {
    const [name = '', version = '', architecture = ''] = line.trim().split(/\s+/)
    return name === '' ? [] : [{ name: name.replace(/:.*/, ''), version, architecture }]
  })
}

/**
 * The parts list of an image as CycloneDX 1.6 JSON: Debian's packages, as the image's own dpkg told them, and the
 * artifacts with their checksums. It has no time and no serial number, so that equal images have equal lists.
 */
export function sbomOf(ingredients: Ingredients, fingerprint: string, packages: readonly Package[]): string {
  const { name, version, artifacts } = ingredients
  const bom = new Models.Bom()
  bom.metadata.component = new Models.Component(Enums.ComponentType.OperatingSystem, name, {
    version: fingerprint,
    bomRef: 'image',
  })
  bom.metadata.tools.components.add(
    new Models.Component(Enums.ComponentType.Application, 'mesos-bakery', { version }),
  )
  for (const one of [...packages.map(packageComponent), ...artifacts.map(artifactComponent)]) {
    bom.components.add(one)
    bom.metadata.component.dependencies.add(one.bomRef)
  }
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)
  return `${new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 })}\n`
}

function packageComponent({ name, version, architecture }: Package): Models.Component {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`
  return new Models.Component(Enums.ComponentType.Library, name, { version, purl, bomRef: purl })
}

function artifactComponent({ name, kind, url, sha256, version }: Ingredients['artifacts'][number]) {
  const component = new Models.Component(Enums.ComponentType.Application, name, {
    bomRef: `artifact:${name}`,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], sha256]]),
    properties: new Models.PropertyRepository([new Models.Property('mesos-bakery:kind', kind)]),
    ...(version !== '' && { version }),
  })
  const reference = new Models.ExternalReference(url, Enums.ExternalReferenceType.Distribution)
  component.externalReferences.add(reference)
  return component
}
