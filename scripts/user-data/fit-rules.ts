import { type Cluster, nodesOf } from '../cluster/cluster.ts'
import type { Problem } from '../inventory/problems.ts'
import type { RuleText } from '../inventory/rules/rule.ts'
import { fitUserData } from './fit.ts'
import { gzip } from './gzip.ts'
import { userDataLimit } from './limit.ts'
import type { UserData } from './render.ts'

/** Rules about the user-data as a whole. */
export const fitRules: readonly RuleText[] = [
  {
    code: 'E061',
    sentence: 'Rendered documents mean the same to YAML 1.1 and 1.2, and hold only what cloud-init knows.',
    why: 'It is how a mistake in a template of cloud-init/ shows. On a machine it would show as a node that boots and does nothing.',
  },
  {
    code: 'E062',
    sentence: 'Additions to the user-data are as cloud-init’s own schema wants them.',
    why: 'It is asked where cloud-init is installed. On a machine, cloud-init warns in its log and leaves out what it doesn’t take.',
  },
  {
    code: 'E060',
    sentence: 'Every node’s user-data fits into what EC2 takes: 16,384 bytes.',
    why: 'EC2 refuses more. User-data that is too large is compressed, and if that isn’t enough kept in S3 (`user_data_bucket`), from where a stub fetches it.',
  },
]

/** The nodes whose user-data can't be brought under EC2's limit. Each group is told once, of its largest. */
export function unfitting(cluster: Cluster, userData: ReadonlyMap<string, UserData>): readonly Problem[] {
  const largest = new Map<string, UserData>()
  for (const { name, group } of nodesOf(cluster)) {
    const one = userData.get(name)
    if (one === undefined || fitUserData(cluster, one) !== undefined) continue
    if (one.bytes > (largest.get(group)?.bytes ?? 0)) largest.set(group, one)
  }
  return [...largest].map(([group, one]) => ({
    code: 'E060',
    path: `groups.${group}`,
    at: 'key',
    ...say(cluster, one),
  }))
}

function say({ fit: asked, userDataBucket }: Cluster, { name, text, bytes }: UserData) {
  const small = gzip(Buffer.from(text)).length
  const sizes = `has ${bytes} bytes, ${small} as gzip, and EC2 takes ${userDataLimit}`
  const message =
    asked === 's3' ? `the user-data of ${name} is to be in S3` : `the user-data of ${name} ${sizes}`
  const bucket = 'name a bucket in user_data_bucket, from which it can be fetched'
  if (userDataBucket === undefined && (asked === 'auto' || asked === 's3')) return { message, help: bucket }
  return { message, help: 'leave out --fit, or make it shorter' }
}
