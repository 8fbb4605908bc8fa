import { type Opening, openingKey, openingsOf, type Role, roles } from '../../cluster/firewall.ts'
import { securityGroupName } from '../../cluster/names.ts'
import type { Facts } from './facts.ts'
import type { OutOfDate, Step } from './step.ts'

/** The steps that make the group of each role, and those that open what is missing. */
export function openSteps({ cluster, actual }: Facts): readonly Step[] {
  const name = (role: Role) => securityGroupName(cluster.name, role)
  const missing = roles.filter(role => !actual.securityGroups.some(group => group.role === role))
  const create = missing.map(
    (role): Step => ({
      id: `security group ${name(role)}`,
      needs: [],
      action: 'create',
      kind: 'security group',
      name: name(role),
      role,
    }),
  )
  const present = new Set(actual.securityGroups.flatMap(group => group.openings.map(openingKey)))
  const lacking = openingsOf(cluster).filter(opening => !present.has(openingKey(opening)))
  return [...create, ...ruleSteps(cluster.name, lacking, 'open', create)]
}

/**
 * The steps that close what is open between the roles of this cluster and isn't needed any more, once everything else
 * is done. While a machine is out of date nothing is closed: it may listen there.
 *
 * @param others all other steps of the plan
 */
export function closeSteps(
  facts: Facts,
  old: readonly OutOfDate[],
  others: readonly Step[],
): readonly Step[] {
  return old.length > 0 ? [] : ruleSteps(facts.cluster.name, closings(facts), 'close', others)
}

/** What is open between the roles of this cluster and isn't needed any more. */
export function closings({ cluster, actual }: Facts): readonly Opening[] {
  const wanted = new Set(openingsOf(cluster).map(openingKey))
  return actual.securityGroups.flatMap(({ openings }) =>
    openings.filter(opening => !wanted.has(openingKey(opening))),
  )
}

function ruleSteps(
  cluster: string,
  openings: readonly Opening[],
  what: 'open' | 'close',
  after: readonly Step[],
): readonly Step[] {
  return roles.flatMap((role): readonly Step[] => {
    const those = openings.filter(({ to }) => to === role)
    if (those.length === 0) return []
    const name = securityGroupName(cluster, role)
    return [
      {
        id: `${what} ports of ${name}`,
        needs: after.map(({ id }) => id),
        action: 'update',
        kind: 'security group',
        name,
        role,
        open: what === 'open' ? those : [],
        close: what === 'close' ? those : [],
      },
    ]
  })
}
