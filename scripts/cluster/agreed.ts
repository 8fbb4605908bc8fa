import { show } from '../inventory/problems.ts'
import { type VariableName, variableNames, variables } from '../inventory/variables.ts'
import { type Cluster, nodesOf } from './cluster.ts'

/** The settings that must be the same on all nodes of a running cluster. */
export interface Agreed {
  /** N, from which quorum and ensemble follow. */
  readonly leaders: number
  /** Variables by their names, and flags as `mesos_leader_options.registry`. */
  readonly values: Readonly<Record<string, unknown>>
}

/** The variables that must be the same on every node. */
export const clusterWide: readonly VariableName[] = variableNames.filter(
  name => 'clusterWide' in variables[name],
)

// Masters with different values of these refuse each other's agents or frameworks, or do not share a registry
// (Mesos 1.11: docs/authentication.md, docs/fault-domains.md; src/master/flags.cpp).
const leaderFlags = ['authenticate_agents', 'authenticate_frameworks', 'domain', 'registry'] as const

/** The settings of an inventory that must be the same on all nodes of its cluster. */
export function agreedOf(cluster: Cluster): Agreed {
  const [node] = nodesOf(cluster)
  const values = node?.values
  const options = Object.entries(values?.mesos_leader_options ?? {})
  return {
    leaders: cluster.seats.length,
    values: {
      ...Object.fromEntries(clusterWide.map(name => [name, values?.[name]])),
      ...Object.fromEntries(
        options
          .filter(([flag]) => (leaderFlags as readonly string[]).includes(flag))
          .map(([flag, value]) => [`mesos_leader_options.${flag}`, value]),
      ),
    },
  }
}

/** A setting whose value in the running cluster differs from the one in the inventory. */
export interface Difference {
  readonly name: string
  readonly runs: string
  readonly asked: string
}

/**
 * The values that are not the same.
 *
 * @param runs may lack values, where an earlier release didn't record them; what it lacks is not compared
 */
export function differencesOf(runs: Agreed['values'], asked: Agreed['values']): readonly Difference[] {
  const names = Object.keys(runs).filter(name => name in asked || name.includes('.'))
  const added = Object.keys(asked).filter(name => name.includes('.') && !(name in runs))
  return [...names, ...added]
    .filter(name => textOf(runs[name]) !== textOf(asked[name]))
    .map(name => ({ name, runs: shown(runs[name]), asked: shown(asked[name]) }))
}

// As in the user data, because the values that are read from there are text.
function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function shown(value: unknown): string {
  return value === undefined ? 'not set' : show(value)
}
