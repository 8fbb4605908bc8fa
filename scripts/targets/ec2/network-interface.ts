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

/** The network settings of a seat. */
export interface SeatInterface {
  readonly name: string
  readonly seat: number
  readonly subnet: string
  readonly roles: readonly Role[]
  /** The additional security groups of the inventory. */
  readonly securityGroups: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

/** Changes the security groups of a seat's network interface, also for the running instance. */
export interface UpdateInterface extends Step {
  readonly action: 'update'
  readonly kind: 'network interface'
  readonly target: string
  readonly roles: readonly Role[]
  readonly securityGroups: readonly string[]
  /** The differences from the current state, in words. */
  readonly changes: readonly string[]
}

/** The desired network interface of a seat. */
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
 * A change for every seat whose network interface does not have the security groups of the inventory.
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

/** The step that deletes a seat's network interface, after its instance is terminated. */
export function deleteInterface(cluster: string, { id, seat }: ActualInterface, after: readonly Step[]) {
  return removal('network interface', seatName(cluster, seat), id, after)
}
