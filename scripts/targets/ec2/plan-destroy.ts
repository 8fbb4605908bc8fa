import type { Cluster } from '../../cluster/cluster.ts'
import { claimName, profileName, seatName, securityGroupName } from '../../cluster/names.ts'
import type { Actual, Stray } from './actual.ts'
import type { Removal, StepBase } from './step.ts'

/**
 * Plans the way to nothing: machines first, and what they lean on only once they are gone.
 * Knows nothing but what the target found by the cluster's tags, so it can't name anything else.
 *
 * @param strays machines that hold no seat and are in no pool
 */
export function planDestroy(
  { name, region }: Cluster,
  actual: Actual,
  strays: readonly Stray[] = [],
): readonly Removal[] {
  const pools = actual.pools.map(pool => removal('pool', pool.name, pool.name, []))
  const seats = actual.machines
    .filter(({ state }) => state !== 'terminated')
    .map(({ id, seat }) => removal('seat', seatName(name, seat), id, []))
  const others = strays.map(stray => removal('machine', stray.name, stray.id, []))
  const machines = [...pools, ...seats, ...others]
  const interfaces = actual.interfaces.map(({ id, seat }) =>
    removal('network interface', seatName(name, seat), id, machines),
  )
  const templates = actual.launchTemplates.map(template =>
    removal('launch template', template.name, template.id, pools),
  )
  const groups = actual.securityGroups.map(({ role, id }) =>
    removal('security group', securityGroupName(name, role), id, [...machines, ...interfaces]),
  )
  const profile = profileName(region, name)
  const ours = actual.instanceProfile === 'complete' || actual.instanceProfile === 'incomplete'
  const profiles = !ours ? [] : [removal('instance profile', profile, profile, machines)]
  const bodies = actual.bodies.map(key => removal('user-data', key, key, machines))
  const claims =
    actual.claim === undefined ? [] : [removal('claim', claimName(name), actual.claim.template, interfaces)]
  return [...machines, ...interfaces, ...claims, ...templates, ...groups, ...profiles, ...bodies]
}

function removal(kind: Removal['kind'], name: string, target: string, after: readonly StepBase[]): Removal {
  return {
    id: `${kind} ${name} ${target}`,
    needs: after.map(({ id }) => id),
    action: 'delete',
    kind,
    name,
    target,
  }
}
