import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import type { Architecture } from '../cluster/cluster.ts'
import type { Ingredients } from './fingerprint.ts'

/** The content of `build/<image>/image.json`: how each image was built, and from what. */
export interface Manifest {
  readonly image: string
  readonly images: readonly ManifestImage[]
}

/** The last image baked for an architecture. */
export interface ManifestImage {
  readonly architecture: Architecture
  readonly target: 'aws' | 'local'
  /** AMI IDs by region; `local` for the ID in the container engine. */
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

/** The inventory that a bake was based on. */
export interface SourceOfBake {
  readonly inventory: string
  readonly sha256: string
  /** The commit of the git repository that contains the inventory, if there is one. */
  readonly commit: string | null
  /** Whether there were uncommitted changes. */
  readonly dirty: boolean
}

/** What a bake adds to the ingredients. */
export type Baked = Pick<ManifestImage, 'target' | 'ids' | 'source' | 'started' | 'ended' | 'packages'> & {
  readonly baseName: string
}

/** The part of the manifest for an architecture. */
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

/** The manifest with the images that were just baked. Entries for other architectures are kept. */
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

/** A Debian package in an image. */
export interface Package {
  readonly name: string
  readonly version: string
  readonly architecture: string
}

/** Parses the dpkg-query output that `verify` collects: name, version and architecture in each line. */
export function readPackages(text: string): readonly Package[] {
  return text.split('\n').flatMap(line => {
    const [name = '', version = '', architecture = ''] = line.trim().split(/\s+/)
    return name === '' ? [] : [{ name: name.replace(/:.*/, ''), version, architecture }]
  })
}

/**
 * The bill of materials of an image as CycloneDX 1.6 JSON: its Debian packages, as reported by dpkg in the image, and
 * the artifacts with their checksums. It contains no time and no serial number, so that equal images have equal bills.
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
