import { createHash } from 'node:crypto'
import type { Architecture } from '../cluster/cluster.ts'
import type { Artifact } from '../inventory/image-settings.ts'

/** Everything that goes into an image. Equal ingredients give an equal image, as far as package mirrors allow. */
export interface Ingredients {
  readonly name: string
  readonly architecture: Architecture
  readonly cgroups: 'v1' | 'v2'
  /** The ID of the base image. */
  readonly base: string
  /** The version of mesos-bakery. */
  readonly version: string
  readonly artifacts: readonly LockedArtifact[]
  /** The templates, the overlay and the provisioners. */
  readonly files: readonly SourceFile[]
}

/** An artifact with a known checksum. */
export interface LockedArtifact {
  readonly name: Artifact['name']
  readonly kind: Artifact['kind']
  readonly url: string
  readonly sha256: string
  /** The expected output of its `--version`. Empty if none is specified. */
  readonly version: string
}

/** A file in packer/. */
export interface SourceFile {
  /** Relative to packer/, with slashes. */
  readonly path: string
  /** The part of a file mode that git records; the rest depends on the umask of the user. */
  readonly kind: 'file' | 'program' | 'link'
  readonly sha256: string
}

/**
 * The SHA-256 of all ingredients, independent of their order. It includes the content of artifacts but not their URLs.
 */
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

/** The short form of a fingerprint, for messages and names. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 12)
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
