import type { Blame } from './gate.ts'
import type { Report } from './report.ts'
import type { Seen } from './seen.ts'

/**
 * Blames each node for which `why` returns a reason. Nodes without a report are the responsibility of the first gate.
 */
export function judge(
  seen: readonly Seen[],
  unit: string,
  why: (report: Report, node: Seen) => string | Omit<Blame, 'node' | 'unit'> | undefined,
): readonly Blame[] {
  return seen.flatMap(node => {
    if (node.state !== 'running' || node.report === undefined) return []
    const said = why(node.report, node)
    if (said === undefined) return []
    return [{ node: node.name, unit, ...(typeof said === 'string' ? { why: said } : said) }]
  })
}

/** The nodes whose services can be judged: by their own report, or by the count of the elected master. */
export const known = (seen: readonly Seen[]) =>
  seen.filter(({ report, counted }) => report !== undefined || counted)
export const leadersIn = (seen: readonly Seen[]) => seen.filter(({ leads }) => leads)
export const followersIn = (seen: readonly Seen[]) => seen.filter(({ follows }) => follows)

export function lacking(what: string, present: number, wanted: number): readonly Blame[] {
  return present >= wanted ? [] : [{ node: '', unit: undefined, why: `${present} of ${wanted} ${what}` }]
}

/** Adds the state of a systemd unit to a reason, unless the unit is running normally. */
export function withUnit({ units }: Report, name: string, why: string): Omit<Blame, 'node' | 'unit'> {
  const unit = units.find(one => one.name === name)
  if (unit === undefined) return { why }
  const restarts = unit.restarts > 0 ? `, restarted ${unit.restarts} times` : ''
  const state = unit.active === 'active' ? '' : `; ${unit.active} (${unit.sub})`
  return { why: `${why}${state}${restarts}`, final: unit.active === 'failed' }
}
