import type { Cluster } from '../../cluster/cluster.ts'
import { rollName } from '../../cluster/names.ts'
import { removal } from '../../plan/step.ts'
import type { Actual, Stray } from './actual.ts'
import { deleteClaim } from './claim.ts'
import type { Ec2Removal } from './ec2-step.ts'
import { deleteInstanceProfile } from './instance-profile.ts'
import { deleteLaunchTemplate } from './launch-template.ts'
import { deleteInterface } from './network-interface.ts'
import { deletePool } from './pool.ts'
import { deleteSeat } from './seat.ts'
import { deleteSecurityGroup } from './security-group.ts'
import { deleteStoredUserData } from './stored-user-data.ts'

/**
 * Plans the deletion of a cluster: first the instances, then what they depend on. The plan contains only resources that
 * were found by the tags of the cluster, so it cannot delete anything else.
 *
 * @param strays instances that hold no seat and are in no pool
 */
export function planDestroy(
  cluster: Cluster,
  actual: Actual,
  strays: readonly Stray[] = [],
): readonly Ec2Removal[] {
  const { name } = cluster
  const pools = actual.pools.map(deletePool)
  const seats = actual.machines
    .filter(({ state }) => state !== 'terminated')
    .map(machine => deleteSeat(name, machine))
  const others = strays.map(stray => removal('machine', stray.name, stray.id, []))
  const machines = [...pools, ...seats, ...others]
  const interfaces = actual.interfaces.map(one => deleteInterface(name, one, machines))
  const held = [...machines, ...interfaces]
  const hasProfile = actual.instanceProfile === 'complete' || actual.instanceProfile === 'incomplete'
  return [
    ...held,
    ...(actual.claim === undefined ? [] : [deleteClaim(name, actual.claim, interfaces)]),
    ...actual.launchTemplates.map(template => deleteLaunchTemplate(template, pools)),
    ...(actual.rolling === undefined
      ? []
      : [removal('launch template', rollName(name), actual.rolling.id, [])]),
    ...actual.securityGroups.map(group => deleteSecurityGroup(name, group, held)),
    ...(hasProfile ? [deleteInstanceProfile(cluster, machines)] : []),
    ...actual.bodies.map(key => deleteStoredUserData(key, machines)),
  ]
}
