import { type Cluster, type Node, nodesOf } from '../cluster/cluster.ts'
import { byteLength, sha256Of } from '../inventory/bytes.ts'
import type { Templates } from './templates.ts'
import { viewOf } from './view.ts'

/** The user data of a node: that of a leader, or the shared user data of a pool. */
export interface UserData {
  /** The name of the seat or pool. */
  readonly name: string
  readonly text: string
  /** The length in bytes, as counted by EC2: before base64 encoding. */
  readonly bytes: number
  /** The checksum of the bytes, in hexadecimal. */
  readonly sha256: string
}

/** Renders the user data of a node. The same cluster and node always give the same bytes. */
export function renderNode(templates: Templates, cluster: Cluster, node: Node): UserData {
  const text = templates(node.mode, viewOf(cluster, node))
  return {
    name: node.name,
    text,
    bytes: byteLength(text),
    sha256: sha256Of(text),
  }
}

/** Renders every node of a cluster: the seats by number, then the pools. */
export function renderCluster(templates: Templates, cluster: Cluster): readonly UserData[] {
  return nodesOf(cluster).map(node => renderNode(templates, cluster, node))
}
