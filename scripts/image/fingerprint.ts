import { createHash } from 'node:crypto'
import type { Architecture } from '../cluster/cluster.ts'
import type { Artifact } from '../inventory/image-settings.ts'

/** Everything that goes into an image. Equal ingredients make an equal image, as far as a package mirror lets them. */
export interface Ingredients {
  readonly name: string
  readonly architecture: Architecture
  readonly cgroups: 'v1' | 'v2'
  /** The id of the image that it starts from. */
  readonly base: string
  /** The version of mesos-bakery. */
  readonly version: string
  readonly artifacts: readonly LockedArtifact[]
  /** The templates, the overlay and the provisioners. */
  readonly files: readonly SourceFile[]
}

/** An artifact whose checksum is known. */
export interface LockedArtifact {
  readonly name: Artifact['name']
  readonly kind: Artifact['kind']
  readonly url: string
  readonly sha256: string
  /** What its program must answer to `--version`; empty when nobody said. */
  readonly version: string
}

/** A file below packer/. */
export interface SourceFile {
  /** With slashes, below packer/. */
  readonly path: string
  /** What git knows of a mode; the rest depends on the umask of who cloned. */
  readonly kind: 'file' | 'program' | 'link'
  readonly sha256: string
}

/** The sha256 of all ingredients, whatever their order. Where an artifact comes from doesn't matter, what it is does. */
export function fingerprintOf({ artifacts, files, ...settings }: Ingredients): string {
  const lines = [
    ...Object.entries(settings).map(pair => JSON.stringify(pair)),
    ...artifacts.map(({ name, kind, sha256, version }) =>
      JSON.stringify(['artifact', name, kind, sha256, version]),
    ),
    ...files.map(({ path, kind, sha256 }) => JSON.stringify(['file', path, kind, sha256])),
  ]
  return sha256(lines.sort().join('\n'))
}

/** As people see a fingerprint, and as it is part of names. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 12)
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
