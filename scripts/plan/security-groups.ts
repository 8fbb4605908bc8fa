import type { Cluster } from '../cluster/cluster.ts'
import { openingKey, openingsOf, type Role, roles } from '../cluster/firewall.ts'
import { securityGroupName } from '../cluster/names.ts'
import type { Actual } from './actual.ts'
import type { Facts } from './facts.ts'
import type { Step } from './step.ts'

/** The steps that make the group of each role, and those that open and close what differs. */
export function securityGroupSteps({ cluster, actual }: Facts): readonly Step[] {
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
  return [...create, ...roles.flatMap(role => ruleStep(cluster, actual, role, create))]
}

/** Opens what is missing and closes what is too much, between the roles of this cluster only. */
function ruleStep(cluster: Cluster, actual: Actual, role: Role, create: readonly Step[]): readonly Step[] {
  const wanted = openingsOf(cluster).filter(({ to }) => to === role)
  const present = actual.securityGroups.find(group => group.role === role)?.openings ?? []
  const wantedKeys = new Set(wanted.map(openingKey))
  const presentKeys = new Set(present.map(openingKey))
  const open = wanted.filter(opening => !presentKeys.has(openingKey(opening)))
  const close = present.filter(opening => !wantedKeys.has(openingKey(opening)))
  if (open.length === 0 && close.length === 0) return []
  const name = securityGroupName(cluster.name, role)
  const needs = create.map(({ id }) => id)
  return [
    { id: `rules of ${name}`, needs, action: 'update', kind: 'security group', name, role, open, close },
  ]
}
