import { seedOf } from '../user-data/seed.ts'
import { type Format, type Material, type OutFile, type Rendered, textFile } from './format.ts'

/** One folder a node, which becomes a disk labelled `cidata` as it is. */
export const nocloud: Format = {
  kind: 'cluster',
  prints: false,
  write: material => material.nodes.flatMap(one => folderOf(one, material)),
}

function folderOf({ node, userData }: Rendered, { instance }: Material): readonly OutFile[] {
  // Other user-data is another instance: cloud-init, which runs once for each, takes it up at the next boot.
  const instanceId = instance ?? `${node.name}-${userData.sha256.slice(0, 12)}`
  const seed = seedOf({ instanceId, hostname: (instance ?? node.name).replaceAll('_', '-') }, userData.text)
  return Object.entries(seed).map(([file, text]) => textFile(`${node.name}/${file}`, text))
}
