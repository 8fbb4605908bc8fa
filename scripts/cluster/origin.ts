import type { Note, Problem } from '../inventory/problems.ts'
import { show } from '../inventory/problems.ts'
import type { Values, VariableName } from '../inventory/variables.ts'
import { type Draft, type DraftGroup, seatValues } from './draft.ts'

// Where the variables of a node come from.

/** A set of variables that ends up on nodes: those of a group, or of one seat of it. */
export interface Site {
  /** `groups.web`, `groups.mesos_leaders.seats.2`. */
  readonly path: string
  readonly group: DraftGroup
  readonly seat: number | undefined
  readonly values: Values
}

/** Every set of variables that ends up on a node. */
export function sitesOf(draft: Draft): readonly Site[] {
  return draft.groups.flatMap(group => {
    const path = `groups.${group.group.name}`
    const own: Site = { path, group, seat: undefined, values: group.values }
    const seats = [...group.group.seats.keys()].map(
      (seat): Site => ({
        path: `${path}.seats.${seat}`,
        group,
        seat,
        values: seatValues(group, seat, draft.overrides),
      }),
    )
    return [own, ...seats]
  })
}

/** The place whose value counts, and how far up it stands in the order of precedence. 0 is the built-in default. */
export interface Origin {
  readonly rank: 0 | 1 | 2 | 3 | 4
  /** `vars`, `groups.web.vars`, `--set`. */
  readonly by: string
  readonly path: string
}

export function originOf({ inventory, overrides }: Draft, site: Site, name: VariableName): Origin {
  const { group } = site.group
  const seat = site.seat === undefined ? undefined : group.seats.get(site.seat)
  if (Object.hasOwn(overrides.vars, name)) return { rank: 4, by: '--set', path: `--set ${name}` }
  const levels = [
    { rank: 3, by: `${site.path}.vars`, vars: seat?.vars },
    { rank: 2, by: `groups.${group.name}.vars`, vars: group.vars },
    { rank: 1, by: 'vars', vars: inventory.vars },
  ] as const
  const level = levels.find(({ vars }) => vars !== undefined && Object.hasOwn(vars, name))
  if (level === undefined) return { rank: 0, by: 'default', path: site.path }
  return { rank: level.rank, by: level.by, path: `${level.by}.${name}` }
}

/** Where a problem of several variables is shown, and the variable that stands there. */
interface Clash extends Required<Pick<Problem, 'path' | 'on' | 'notes'>> {
  readonly name: VariableName
}

/** A problem of variables that meet on a node: at the one among them that a person set last, with where each is from. */
export function clash(draft: Draft, site: Site, names: readonly [VariableName, ...VariableName[]]): Clash {
  const origins = names.map(name => ({ name, ...originOf(draft, site, name) }))
  const [last = origins[0]] = origins.toSorted((a, b) => b.rank - a.rank)
  const others = origins.filter(origin => origin !== last || origin.rank === 0)
  return {
    name: last?.name ?? names[0],
    path: last?.path ?? site.path,
    on: [site.path],
    notes: others.map(origin => noteOf(origin, site.values)),
  }
}

function noteOf({ name, rank, by, path }: Origin & { name: VariableName }, values: Values): Note {
  const message = `${name} is ${show(values[name])}`
  return rank === 0 ? { message: `${message} by default` } : { message, path, by }
}
