import { seedOf } from '../user-data/seed.ts'
import { type Format, type Material, type OutFile, type Rendered, textFile } from './format.ts'

/** A directory for each node, whose content becomes a disk with the label `cidata`. */
export const nocloud: Format = {
  kind: 'cluster',
  prints: false,
  write: material => material.nodes.flatMap(one => folderOf(one, material)),
}

function folderOf({ node, userData }: Rendered, { instance }: Material): readonly OutFile[] {
  // Different user data gets a different instance ID: cloud-init runs once for each instance ID, so it applies the new
  // user data at the next boot.
  const instanceId = instance ?? `${node.name}-${userData.sha256.slice(0, 12)}`
  const seed = seedOf({ instanceId, hostname: (instance ?? node.name).replaceAll('_', '-') }, userData.text)
  return Object.entries(seed).map(([file, text]) => textFile(`${node.name}/${file}`, text))
}
