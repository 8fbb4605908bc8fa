import { Path } from '../inventory/problem-path.ts'
import type { Note, Problem } from '../inventory/problems.ts'
import { show } from '../inventory/problems.ts'
import type { Values, VariableName } from '../inventory/variables.ts'
import { type Draft, type DraftGroup, seatValues } from './draft.ts'

// Where the variables of a node come from.

/** A set of variables that ends up on nodes: those of a group, or of one seat of it. */
export interface Site {
  /** `groups.web`, `groups.mesos_leaders.seats.2`. */
  readonly path: Path
  readonly group: DraftGroup
  readonly seat: number | undefined
  readonly values: Values
}

// Cached, because most rules read the sites of the same draft.
const known = new WeakMap<Draft, readonly Site[]>()

/** Every set of variables that ends up on a node. */
export function sitesOf(draft: Draft): readonly Site[] {
  const sites = known.get(draft) ?? listSites(draft)
  known.set(draft, sites)
  return sites
}

function listSites(draft: Draft): readonly Site[] {
  return draft.groups.flatMap(group => {
    const path = Path.inInventory('groups', group.group.name)
    const own: Site = { path, group, seat: undefined, values: group.values }
    const seats = [...group.group.seats.keys()].map(
      (seat): Site => ({
        path: path.below('seats', seat),
        group,
        seat,
        values: seatValues(group, seat, draft.overrides),
      }),
    )
    return [own, ...seats]
  })
}

/** The place that sets a value, and its rank in the order of precedence. 0 is the built-in default. */
export interface Origin {
  readonly rank: 0 | 1 | 2 | 3 | 4
  /** `vars`, `groups.web.vars`, `--set`. */
  readonly by: string
  readonly path: Path
}

export function originOf({ inventory, overrides }: Draft, site: Site, name: VariableName): Origin {
  const { group } = site.group
  const seat = site.seat === undefined ? undefined : group.seats.get(site.seat)
  if (Object.hasOwn(overrides.vars, name)) return { rank: 4, by: '--set', path: Path.ofOption('--set', name) }
  const levels = [
    { rank: 3, at: site.path.below('vars'), vars: seat?.vars },
    { rank: 2, at: Path.inInventory('groups', group.name, 'vars'), vars: group.vars },
    { rank: 1, at: Path.inInventory('vars'), vars: inventory.vars },
  ] as const
  const level = levels.find(({ vars }) => vars !== undefined && Object.hasOwn(vars, name))
  if (level === undefined) return { rank: 0, by: 'default', path: site.path }
  return { rank: level.rank, by: String(level.at), path: level.at.below(name) }
}

/** A variable, or one flag or entry of a variable that holds several. */
export interface Setting {
  readonly variable: VariableName
  readonly part?: string
  /** The default of the daemon if the part is not set. */
  readonly otherwise?: unknown
}

/** The value of a setting on a node. */
export function valueOfSetting(values: Values, { variable, part, otherwise }: Setting): unknown {
  const value: unknown = values[variable]
  return part === undefined ? value : ((value as Readonly<Record<string, unknown>>)[part] ?? otherwise)
}

/** The place at which a problem between several settings is shown, and the setting at this place. */
interface Clash extends Required<Pick<Problem, 'path' | 'on' | 'notes'>> {
  /** The variable, or the flag. */
  readonly name: string
}

type Named = VariableName | Setting

/**
 * A problem between settings of a node. It is shown at the setting that was set last, with notes on where the others
 * come from.
 */
export function clash(draft: Draft, site: Site, named: readonly [Named, ...Named[]]): Clash {
  const settings = named.map((one): Setting => (typeof one === 'string' ? { variable: one } : one))
  const origins = settings.map(setting => ({ setting, ...originOfSetting(draft, site, setting) }))
  const [last = origins[0]] = origins.toSorted((a, b) => b.rank - a.rank)
  const others = origins.filter(origin => origin !== last || origin.rank === 0)
  return {
    name: last === undefined ? '' : nameOf(last.setting),
    path: last?.path ?? site.path,
    on: [site.path],
    notes: others.map(origin => noteOf(origin, site.values)),
  }
}

export function nameOf({ variable, part }: Setting): string {
  return part ?? variable
}

/** The origin of a setting, which is a default if the variable is set without the part. */
export function originOfSetting(draft: Draft, site: Site, { variable, part }: Setting): Origin {
  const origin = originOf(draft, site, variable)
  if (part === undefined || origin.rank === 0) return origin
  if (!Object.hasOwn(site.values[variable] as object, part)) {
    return { rank: 0, by: 'default', path: site.path }
  }
  return { ...origin, path: origin.path.below(part) }
}

function noteOf({ setting, rank, by, path }: Origin & { setting: Setting }, values: Values): Note {
  const message = `${nameOf(setting)} is ${show(valueOfSetting(values, setting))}`
  return rank === 0 ? { message: `${message} by default` } : { message, path, by }
}
