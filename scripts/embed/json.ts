import { fitUserData } from '../user-data/fit.ts'
import { gzip } from '../user-data/gzip.ts'
import { type Format, jsonFile, type Material } from './format.ts'

/** All nodes with their user data, as `render --json` prints them. */
export const json: Format = {
  kind: 'cluster',
  prints: true,
  write: material => [jsonFile(`${material.cluster.name}.json`, asData(material))],
}

/** The nodes as JSON. */
function asData({ cluster, nodes }: Material) {
  return {
    cluster: cluster.name,
    quorum: cluster.quorum,
    nodes: nodes.map(({ node, userData }) => ({
      name: node.name,
      group: node.group,
      mode: node.mode,
      seat: node.kind === 'seat' ? node.seat : null,
      bytes: userData.bytes,
      sha256: userData.sha256,
      gzipBytes: gzip(Buffer.from(userData.text)).length,
      sentAs: fitUserData(cluster, userData)?.form ?? null,
      userData: userData.text,
    })),
  }
}
