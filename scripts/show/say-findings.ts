import { type CauseCode, everyCause } from '../doctor/every-cause.ts'
import type { Observed } from '../doctor/examined.ts'
import type { Finding } from '../doctor/finding.ts'
import { count } from '../plan/words.ts'
import type { Screen } from './style.ts'

/** A finding with everything that a person needs to act on it. */
export interface ShownFinding {
  readonly code: CauseCode
  /** Null if it concerns the whole cluster. */
  readonly node: string | null
  readonly cause: string
  readonly evidence: string
  /** The age of the report that it is based on, in seconds. Null if it is not based on a report, or if it is not known. */
  readonly age: number | null
  /** The setting, and its place in the inventory. */
  readonly setting: { readonly path: string; readonly place: string } | null
  readonly fix: string
  readonly also: string | null
}

/** How findings are completed: the place of a setting, and a command as a user types it. */
export interface Completing {
  readonly placeOf: (path: NonNullable<Finding['path']>) => string
  readonly commandOf: (fix: Finding['fix']) => string
}

export function shownFindings(
  findings: readonly Finding[],
  { nodes }: Pick<Observed, 'nodes'>,
  { placeOf, commandOf }: Completing,
): readonly ShownFinding[] {
  return findings.map(({ code, node, evidence, path, fix, also }) => ({
    code,
    node: node === '' ? null : node,
    cause: everyCause.find(one => one.code === code)?.sentence ?? '',
    evidence,
    age: ageOf(node, nodes),
    setting: path === undefined ? null : { path: String(path), place: placeOf(path) },
    fix: commandOf(fix),
    also: also ?? null,
  }))
}

/** The age of the report of a node, or of the oldest one if a finding concerns several. */
function ageOf(node: string, nodes: Observed['nodes']): number | null {
  const names = node.split(', ')
  const own =
    node === '' ? nodes : nodes.filter(({ name, pool }) => names.some(one => one === name || one === pool))
  const ages = own.flatMap(({ age, report }) => (report === undefined || age === undefined ? [] : [age]))
  return ages.length === 0 ? null : Math.max(...ages)
}

/** Which nodes the findings are based on, as JSON. */
export function reportsJson({ nodes }: Pick<Observed, 'nodes'>): readonly object[] {
  return nodes.map(({ name, state, report, age }) => ({
    node: name,
    state,
    reports: report !== undefined,
    age: age ?? null,
  }))
}

/** The findings as text. */
export function sayFindings(
  cluster: string,
  findings: readonly ShownFinding[],
  { nodes }: Pick<Observed, 'nodes'>,
  { style }: Screen,
): string {
  const reports = nodes.filter(({ report }) => report !== undefined).length
  const head = `${cluster}: ${findings.length === 0 ? 'no findings' : count(findings.length, 'finding')}, from ${count(reports, 'report')} of ${count(nodes.length, 'node')}`
  const parts = findings.map(finding => {
    const { code, node, cause, evidence, age, setting, fix, also } = finding
    const old = age === null ? '' : ` (report ${age} s old)`
    return [
      `${style.bad(code)}  ${node ?? cluster}: ${cause}`,
      `      seen       ${evidence}${old}`,
      ...(setting === null ? [] : [`      inventory  ${setting.place} ${setting.path}`]),
      `      fix        ${fix}`,
      ...(also === null ? [] : [`                 ${also}`]),
    ].join('\n')
  })
  return [head, ...parts].join('\n\n')
}
