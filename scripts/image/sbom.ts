import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library'
import type { Ingredients } from './fingerprint.ts'
import type { Package } from './packages.ts'

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
