import type { Cluster, Node } from '../cluster/cluster.ts'
import type { UserData } from '../user-data/render.ts'
import type { Part } from './mime.ts'

/** A node with what it boots with. */
export interface Rendered {
  readonly node: Node
  readonly userData: UserData
}

/** What a format is made from. */
export interface Material {
  readonly cluster: Cluster
  /** The nodes that were asked for. */
  readonly nodes: readonly Rendered[]
  /** Whether these are nodes that somebody named, and not all there are. */
  readonly named: boolean
  /** A person's own parts, for `mime`. */
  readonly parts: readonly Part[]
  /** The instance id of a NoCloud seed, where it isn't to follow from the node. */
  readonly instance: string | undefined
}

/** A file that another tool reads. */
export interface OutFile {
  /** Relative, with slashes. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** How user-data is handed to another tool: node by node, or a whole cluster at once. */
export type Format = NodeFormat | ClusterFormat

interface NodeFormat {
  readonly kind: 'node'
  readonly ending: string
  /** What EC2 would count against its limit, if that is what it's for. */
  readonly counted?: (bytes: Uint8Array) => number
  readonly encode: (one: Rendered, material: Material) => Uint8Array
}

interface ClusterFormat {
  readonly kind: 'cluster'
  /** Whether the one file of it may be printed. */
  readonly prints: boolean
  readonly write: (material: Material) => readonly OutFile[]
}

/** A text as a file. */
export function textFile(path: string, text: string): OutFile {
  return { path, bytes: Buffer.from(text) }
}

/** A value as a file of JSON. */
export function jsonFile(path: string, value: unknown): OutFile {
  return textFile(path, `${JSON.stringify(value, null, 2)}\n`)
}
