import { createHash } from 'node:crypto'
import { capital, type Resource, type Resources } from '../targets/ec2/cloudformation-resource.ts'
import { instanceProfileResources } from '../targets/ec2/instance-profile.ts'
import { launchTemplateResource } from '../targets/ec2/launch-template.ts'
import { hookOf } from '../targets/ec2/lifecycle-hook.ts'
import { poolResource } from '../targets/ec2/pool.ts'
import { seatResource } from '../targets/ec2/seat.ts'
import { securityGroupResources } from '../targets/ec2/security-group.ts'
import type { Blueprint, PoolPlan, SeatPlan } from './blueprint.ts'

/** Everything that a launch creates, as CloudFormation resources by logical ID. */
export function resourcesOf(blueprint: Blueprint): Resources {
  const { cluster, openings, profile, seats, pools } = blueprint
  return {
    ...securityGroupResources(cluster, openings),
    ...(profile !== undefined && instanceProfileResources(cluster)),
    ...Object.fromEntries(
      seats.flatMap((seat, index) =>
        withTemplate(blueprint, seat, `Leader${seat.step.seat}`, template =>
          seatResource(cluster, seat.step, template, index === 0),
        ),
      ),
    ),
    ...Object.fromEntries(
      pools.flatMap(pool =>
        withTemplate(blueprint, pool, poolId(pool.step.group, blueprint), template =>
          poolResource(pool.step, template, hookOf(cluster)),
        ),
      ),
    ),
  }
}

/** A launch template, and the Auto Scaling group that uses it. */
function withTemplate(
  { cluster, profile }: Blueprint,
  { step: { name }, template, userData }: SeatPlan | PoolPlan,
  id: string,
  groupOf: (template: Resource['Properties']) => Resource,
): readonly (readonly [string, Resource])[] {
  const own = `${id}Template`
  const Version = { 'Fn::GetAtt': [own, 'LatestVersionNumber'] }
  return [
    [own, launchTemplateResource(cluster, { name, template, userData }, profile !== undefined)],
    [id, groupOf({ LaunchTemplateId: { Ref: own }, Version })],
  ]
}

/**
 * Logical IDs consist of letters and digits only. If two groups would get the same ID, a part of the hash of each name
 * is added.
 */
function poolId(group: string, { pools }: Blueprint): string {
  const plain = (name: string) => `Pool${name.split(/[-_]/).map(capital).join('')}`
  const twins = pools.filter(({ step }) => plain(step.group) === plain(group)).length
  const hash = createHash('sha256').update(group).digest('hex').slice(0, 6)
  return twins > 1 ? `${plain(group)}${hash}` : plain(group)
}
