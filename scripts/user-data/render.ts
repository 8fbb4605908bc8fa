import { createHash } from 'node:crypto'
import { type Cluster, type Node, nodesOf } from '../cluster/cluster.ts'
import type { Templates } from './templates.ts'
import { viewOf } from './view.ts'

/** The user-data of one node: a leader's own, or the one that a whole pool shares. */
export interface UserData {
  /** The name of the seat or pool. */
  readonly name: string
  readonly text: string
  /** Length in bytes, as EC2 counts it: before base64. */
  readonly bytes: number
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string
}

/** Renders the user-data of one node. The same cluster and node give the same bytes, always. */
export function renderNode(templates: Templates, cluster: Cluster, node: Node): UserData {
  const text = templates(node.mode, viewOf(cluster, node))
  return {
    name: node.name,
    text,
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  }
}

/** Renders every node of a cluster: the seats by number, then the pools. */
export function renderCluster(templates: Templates, cluster: Cluster): readonly UserData[] {
  return nodesOf(cluster).map(node => renderNode(templates, cluster, node))
}
