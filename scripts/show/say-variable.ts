import type { Draft } from '../cluster/draft.ts'
import { originOf, sitesOf } from '../cluster/origin.ts'
import type { Key } from '../inventory/keys.ts'
import type { Path } from '../inventory/problem-path.ts'
import { type VariableName, variables } from '../inventory/variables.ts'
import { table } from './table.ts'

/** The facts about a variable, under headings. */
export function sayVariable(name: VariableName): string {
  const { type, default: value, description, becomes, ...rest } = variables[name]
  const rows = [
    ['  type', `${type.name}: ${type.expects}`],
    ['  default', value === undefined ? 'the name of the cluster' : say(value)],
    ['  becomes', becomes.replaceAll('`', '')],
    ...('clusterWide' in rest
      ? [['  nodes', 'must be the same on all nodes; set it under the top-level vars']]
      : []),
  ]
  return [`${name}: ${description}`, '', ...table(rows)].join('\n')
}

/** The value of a variable for every group, and for every seat with its own value, and where it is set. */
export interface Setting {
  readonly where: string
  readonly value: unknown
  readonly by: string
  /** The path in the inventory. Undefined if the value is not set in the inventory. */
  readonly path: Path | undefined
}

export function settingsOf(draft: Draft, name: VariableName): readonly Setting[] {
  return sitesOf(draft)
    .map(site => ({ site, origin: originOf(draft, site, name) }))
    .filter(({ site, origin }) => site.seat === undefined || origin.rank === 3)
    .map(({ site, origin }) => ({
      where: site.path.words.slice(1).join('.'),
      value: site.values[name],
      by: origin.by,
      path: origin.rank >= 1 && origin.rank <= 3 ? origin.path : undefined,
    }))
}

/** Settings as a table; `placeOf` returns the line of a path. */
export function saySettings(settings: readonly Setting[], placeOf: (path: Path) => string): string {
  const rows = settings.map(({ where, value, by, path }) => [
    where,
    say(value),
    path === undefined ? by : `${placeOf(path)} in ${by}`,
  ])
  return table([['GROUP', 'VALUE', 'SET AT'], ...rows]).join('\n')
}

function say(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The facts about a key of the inventory, under headings. */
export function sayKey({ path, field, below }: Key): string {
  const { type, description } = field
  const rows = [
    ['  type', type.expects === `a ${type.name}` ? type.name : `${type.name}: ${type.expects}`],
    ...(below.length === 0 ? [] : [['  keys', below.join(', ')]]),
  ]
  return [`${path}: ${description.replaceAll('`', '')}`, '', ...table(rows)].join('\n')
}
