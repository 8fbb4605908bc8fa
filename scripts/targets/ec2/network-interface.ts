import type { Role } from '../../cluster/firewall.ts'
import type { Facts } from './facts.ts'
import { rolesOf } from './launch-template.ts'
import type { Step } from './step.ts'

/**
 * A change of every seat's network interface whose security groups are not those that the inventory asks.
 *
 * @param created the steps that create security groups
 */
export function interfaceSteps(facts: Facts, created: readonly Step[]): readonly Step[] {
  const { cluster, actual } = facts
  return cluster.seats.flatMap(seat => {
    const id = actual.claim?.interfaces[seat.seat]
    const present = actual.interfaces.find(one => one.id === id)
    if (present === undefined) return []
    const roles = rolesOf(seat)
    const asked = [...idsOf(facts, roles), ...seat.machine.securityGroups]
    const changes = changesOf(present.securityGroupIds, asked)
    if (changes.length === 0 && !created.some(step => 'role' in step && roles.includes(step.role))) return []
    return [
      {
        id: `network interface ${present.id}`,
        needs: created.map(one => one.id),
        action: 'update',
        kind: 'network interface',
        name: seat.name,
        target: present.id,
        roles,
        securityGroups: seat.machine.securityGroups,
        changes,
      },
    ]
  })
}

function idsOf({ actual }: Facts, roles: readonly Role[]): readonly string[] {
  return actual.securityGroups.filter(({ role }) => roles.includes(role)).map(({ id }) => id)
}

function changesOf(present: readonly string[], asked: readonly string[]): readonly string[] {
  return [
    ...asked.filter(id => !present.includes(id)).map(id => `add ${id}`),
    ...present.filter(id => !asked.includes(id)).map(id => `remove ${id}`),
  ]
}
