import { type Cluster, nodesOf } from '../cluster/cluster.ts'
import { bytesOf } from '../inventory/bytes.ts'
import { type Budget, budgetOf, partNames } from '../user-data/budget.ts'
import { fitUserData } from '../user-data/fit.ts'
import { gzip } from '../user-data/gzip.ts'
import type { UserData } from '../user-data/render.ts'
import { table } from './table.ts'

/** How much of the EC2 limit the user data of a group uses: that of its largest node. */
export interface GroupBudget extends Budget {
  readonly group: string
  readonly node: string
  readonly gzip: number
  /** The form that EC2 receives. Undefined if no form fits. */
  readonly form: 'plain' | 'gzip' | 's3' | undefined
}

/**
 * The budgets of all groups, the largest first.
 *
 * @param packedSize the length of a text as gzip, in bytes
 */
export function budgetsOf(
  cluster: Cluster,
  userData: ReadonlyMap<string, UserData>,
  packedSize = (text: string) => gzip(bytesOf(text)).length,
): readonly GroupBudget[] {
  const largest = new Map<string, UserData>()
  for (const { name, group } of nodesOf(cluster)) {
    const one = userData.get(name)
    if (one !== undefined && one.bytes > (largest.get(group)?.bytes ?? 0)) largest.set(group, one)
  }
  const budgets = [...largest].map(([group, one]) => ({
    group,
    node: one.name,
    gzip: packedSize(one.text),
    form: fitUserData(cluster, one)?.form,
    ...budgetOf(one.text),
  }))
  return budgets.toSorted((a, b) => b.bytes - a.bytes)
}

const shown = 10

/** Budgets as a table: the bytes of each part, compared with the EC2 limit. */
export function sayBudgets(budgets: readonly GroupBudget[]): string {
  const heads = [
    'USER-DATA',
    ...partNames.map(name => name.toUpperCase()),
    'BYTES',
    'OF LIMIT',
    'GZIP',
    'SENT AS',
  ]
  const rows = budgets
    .slice(0, shown)
    .map(({ group, parts, bytes, limit, gzip: packed, form }) => [
      group,
      ...partNames.map(name => String(parts[name])),
      String(bytes),
      `${Math.round((100 * bytes) / limit)} %`,
      String(packed),
      form ?? 'too large',
    ])
  const left = budgets.length - rows.length
  return [...table([heads, ...rows]), ...(left > 0 ? [`… and ${left} smaller ones`] : [])].join('\n')
}
