import type { Cluster, Seat } from '../../cluster/cluster.ts'
import type { Role } from '../../cluster/firewall.ts'
import { seatName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { removal, type Step } from '../../plan/step.ts'
import type { ActualInterface } from './actual.ts'
import { clusterTags } from './ec2-tags.ts'
import type { Facts } from './facts.ts'
import { rolesOf } from './launch-template.ts'
import type { CreateSecurityGroup } from './security-group.ts'

/** Where a seat is in the network. */
export interface SeatInterface {
  readonly name: string
  readonly seat: number
  readonly subnet: string
  readonly roles: readonly Role[]
  /** Those of the user's own. */
  readonly securityGroups: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

/** Puts a seat's network interface into other security groups, the machine that runs with it included. */
export interface UpdateInterface extends Step {
  readonly action: 'update'
  readonly kind: 'network interface'
  readonly target: string
  readonly roles: readonly Role[]
  readonly securityGroups: readonly string[]
  /** What is different from now, in words. */
  readonly changes: readonly string[]
}

/** The network interface that a seat is to have. */
export function interfaceOf(cluster: Cluster, seat: Seat): SeatInterface {
  return {
    name: seat.name,
    seat: seat.seat,
    subnet: seat.subnet ?? '',
    roles: rolesOf(seat),
    securityGroups: seat.machine.securityGroups,
    tags: { ...clusterTags(cluster, seat.name), [tag.seat]: String(seat.seat) },
  }
}

/**
 * A change of every seat's network interface whose security groups are not those that the inventory asks.
 *
 * @param created the steps that create security groups
 */
export function interfaceSteps(
  facts: Facts,
  created: readonly CreateSecurityGroup[],
): readonly UpdateInterface[] {
  const { cluster, actual } = facts
  return cluster.seats.flatMap((seat): readonly UpdateInterface[] => {
    const id = actual.claim?.interfaces[seat.seat]
    const present = actual.interfaces.find(one => one.id === id)
    if (present === undefined) return []
    const roles = rolesOf(seat)
    const asked = [...idsOf(facts, roles), ...seat.machine.securityGroups]
    const changes = changesOf(present.securityGroupIds, asked)
    if (changes.length === 0 && !created.some(step => roles.includes(step.role))) return []
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
        says: {
          sign: '~',
          title: 'network interface',
          detail: `${present.id}, security groups: ${changes.join(', ')}`,
        },
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

/** The removal of a seat's network interface, once its machine is gone. */
export function deleteInterface(cluster: string, { id, seat }: ActualInterface, after: readonly Step[]) {
  return removal('network interface', seatName(cluster, seat), id, after)
}
