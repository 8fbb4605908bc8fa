import type { Cluster, Node } from '../cluster/cluster.ts'
import type { UserData } from '../user-data/render.ts'
import type { Part } from './parts.ts'

/** A node with its user data. */
export interface Rendered {
  readonly node: Node
  readonly userData: UserData
}

/** The input of a format. */
export interface Material {
  readonly cluster: Cluster
  /** The requested nodes. */
  readonly nodes: readonly Rendered[]
  /** Whether the nodes were requested by name, as opposed to all nodes. */
  readonly named: boolean
  /** The user's own parts, for `mime`. */
  readonly parts: readonly Part[]
  /** The instance ID of a NoCloud seed. By default, it is derived from the node. */
  readonly instance: string | undefined
}

/** A file for another tool. */
export interface OutFile {
  /** Relative, with slashes. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** How user data is passed to another tool: node by node, or for a whole cluster. */
export type Format = NodeFormat | ClusterFormat

interface NodeFormat {
  readonly kind: 'node'
  readonly ending: string
  /** The size that EC2 compares with its limit, if the format is meant for EC2. */
  readonly counted?: (bytes: Uint8Array) => number
  readonly encode: (one: Rendered, material: Material) => Uint8Array
}

interface ClusterFormat {
  readonly kind: 'cluster'
  /** Whether its only file can be printed. */
  readonly prints: boolean
  readonly write: (material: Material) => readonly OutFile[]
}

/** A text file. */
export function textFile(path: string, text: string): OutFile {
  return { path, bytes: Buffer.from(text) }
}

/** A JSON file. */
export function jsonFile(path: string, value: unknown): OutFile {
  return textFile(path, `${JSON.stringify(value, null, 2)}\n`)
}
