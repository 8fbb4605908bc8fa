import { type Cluster, nodesOf } from '../cluster/cluster.ts'
import { bytesOf } from '../inventory/bytes.ts'
import { Path } from '../inventory/problem-path.ts'
import type { Problem } from '../inventory/problems.ts'
import type { RuleText } from '../inventory/rules/rule.ts'
import { fitUserData } from './fit.ts'
import { gzip } from './gzip.ts'
import { userDataLimit } from './limit.ts'
import type { UserData } from './render.ts'

/** Rules for the user data as a whole. */
export const fitRules: readonly RuleText[] = [
  {
    code: 'E061',
    sentence:
      'Rendered documents must have the same meaning in YAML 1.1 and 1.2, and contain only keys that cloud-init supports.',
    why: 'This catches mistakes in the templates in cloud-init/ that would otherwise produce a node that boots but does nothing.',
  },
  {
    code: 'E060',
    sentence: 'User data must not exceed the EC2 limit of 16,384 bytes.',
    why: 'User data that is too large is compressed. If it is still too large, it is stored in S3 (`user_data_bucket`), and the instance downloads it at boot.',
  },
]

/**
 * The nodes whose user data does not fit into the EC2 limit. Each group is reported once, with its largest user data.
 */
export function unfitting(cluster: Cluster, userData: ReadonlyMap<string, UserData>): readonly Problem[] {
  const largest = new Map<string, UserData>()
  for (const { name, group } of nodesOf(cluster)) {
    const one = userData.get(name)
    if (one === undefined || fitUserData(cluster, one) !== undefined) continue
    if (one.bytes > (largest.get(group)?.bytes ?? 0)) largest.set(group, one)
  }
  return [...largest].map(([group, one]) => ({
    code: 'E060',
    path: Path.inInventory('groups', group),
    at: 'key',
    ...say(cluster, one),
  }))
}

function say({ fit: asked, userDataBucket }: Cluster, { name, text, bytes }: UserData) {
  const small = gzip(bytesOf(text)).length
  const sizes = `is too large for EC2 (${bytes} bytes, ${small} as gzip, limit ${userDataLimit})`
  const message =
    asked === 's3' ? `the user data of ${name} must be stored in S3` : `the user data of ${name} ${sizes}`
  const bucket = 'set user_data_bucket to an S3 bucket'
  if (userDataBucket === undefined && (asked === 'auto' || asked === 's3')) return { message, help: bucket }
  return { message, help: 'remove --fit, or shorten the user data' }
}
