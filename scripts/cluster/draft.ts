import type { Group, Inventory } from '../inventory/parse.ts'
import { Path } from '../inventory/problem-path.ts'
import { type SomeValues, type Values, variables } from '../inventory/variables.ts'
import { targets } from '../targets/list.ts'
import type { Overrides } from './cluster.ts'

/** An inventory with its variables final, before its rules were checked. */
export interface Draft {
  readonly inventory: Inventory
  readonly overrides: Overrides
  readonly groups: readonly DraftGroup[]
}

export interface DraftGroup {
  readonly group: Group
  readonly values: Values
  readonly leads: boolean
}

const builtIn = Object.fromEntries(Object.entries(variables).map(([name, row]) => [name, row.default]))

/** Resolves every group's variables: built-in, derived, `vars`, the group's, the command line's. */
export function draftOf(inventory: Inventory, overrides: Overrides): Draft {
  const shared = {
    ...builtIn,
    mesos_cluster: inventory.cluster,
    consul_datacenter: inventory.cluster,
    ...inventory.vars,
  }
  const groups = inventory.groups.map(group => {
    const values = { ...shared, ...group.vars, ...overrides.vars } as Values
    return { group, values, leads: values.mesos_mode !== 'follower' }
  })
  return { inventory, overrides, groups }
}

/** The number of leaders of a group, and the place that sets it. */
export function leadersOf({ group }: DraftGroup, { leaders }: Overrides): { leaders: number; path: Path } {
  if (leaders !== undefined) return { leaders, path: Path.ofOption('--leaders') }
  return { leaders: group.count ?? 3, path: Path.inInventory('groups', group.name, 'count') }
}

/** The minimum and maximum size of a pool, and the places that set them. */
export function sizeOf({ group }: DraftGroup, { followers }: Overrides) {
  const named = followers?.pool === undefined || followers.pool === group.name
  if (followers !== undefined && named)
    return { min: followers.min, max: followers.max, path: Path.ofOption('--followers') }
  const min = group.min ?? Math.min(1, group.max ?? 1)
  return { min, max: group.max ?? min, path: Path.inInventory('groups', group.name) }
}

/** The variables of one seat: those of its group, its own, and above both the command line's. */
export function seatValues(draft: DraftGroup, seat: number, overrides: Overrides): Values {
  const own: SomeValues | undefined = draft.group.seats.get(seat)?.vars
  return own === undefined ? draft.values : { ...draft.values, ...own, ...overrides.vars }
}

export const leadersIn = (draft: Draft) => draft.groups.filter(group => group.leads)

/** The one group of leaders, or none. A second one is refused. */
export const leadersOnly = (draft: Draft) => leadersIn(draft).slice(0, 1)

export const poolsIn = (draft: Draft) => draft.groups.filter(group => !group.leads)

/** The instance type of a group that has no `instance_type`. */
export const defaultInstanceType = 'm6i.large'

/** Whether the machines are launched in an AWS account, with its quotas and rules. */
export function isInAccount({ inventory, overrides }: Draft): boolean {
  return targets[overrides.target ?? inventory.target].inAccount
}
