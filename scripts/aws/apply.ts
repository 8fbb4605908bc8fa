import type { Cluster } from '../cluster/cluster.ts'
import { roles } from '../cluster/firewall.ts'
import { securityGroupName } from '../cluster/names.ts'
import type { Actual } from '../plan/actual.ts'
import type { Act } from '../plan/run.ts'
import type { Removal, Step, StepOf } from '../plan/step.ts'
import { templateData } from '../plan/template-data.ts'
import { fitted } from '../user-data/fit.ts'
import type { UserData } from '../user-data/render.ts'
import { deleteBody, storeBody } from './bodies.ts'
import type { Aws } from './connect.ts'
import { createInstanceProfile, deleteInstanceProfile } from './instance-profile.ts'
import { deleteLaunchTemplate, writeLaunchTemplate } from './launch-templates.ts'
import { deletePool, writePool } from './pools.ts'
import { launchSeat, terminateMachine } from './seats.ts'
import { changeRules, createSecurityGroup, deleteSecurityGroup, type GroupIds } from './security-groups.ts'

/** What the steps of a launch act on. */
export interface Ground {
  readonly aws: Aws
  readonly cluster: Cluster
  readonly vpc: string
  readonly actual: Actual
  readonly userData: ReadonlyMap<string, UserData>
  /** How long one step may wait for former machines to be gone, in milliseconds. */
  readonly timeout: number
}

/** How each step of a launch is done on EC2. */
export function launchOn(ground: Ground): Act<Step> {
  const { aws, cluster, vpc, userData, timeout } = ground
  return async (step, made) => {
    const groups = groupIds(ground, made)
    switch (step.kind) {
      case 'security group':
        return step.action === 'create'
          ? createSecurityGroup(aws, cluster, vpc, step)
          : changeRules(aws, step, groups)
      case 'user-data':
        return storeBody(aws, cluster, step, userData.get(step.name)?.text ?? '')
      case 'instance profile':
        return createInstanceProfile(aws, cluster, step.name)
      case 'launch template':
        return writeLaunchTemplate(aws, cluster, step, dataOf(ground, step, groups))
      case 'seat':
        return launchSeat(aws, cluster.name, step, {
          version: versionOf(ground, step.template, made),
          userData: payloadOf(ground, step.name),
          timeout,
        })
      case 'pool':
        return writePool(aws, cluster.name, step)
    }
  }
}

/** What EC2 is given for a node. */
export function payloadOf(
  { userData, cluster }: Pick<Ground, 'userData' | 'cluster'>,
  node: string,
): Uint8Array {
  const one = userData.get(node)
  if (one === undefined) throw new Error(`there is no user-data of ${node}`)
  return fitted(cluster, one).payload
}

/** What a launch template is made from, with the security groups that are known. */
export function dataOf(
  ground: Pick<Ground, 'userData' | 'cluster'>,
  { name, template }: StepOf<'launch template'>,
  groups: GroupIds,
) {
  const own = template.roles.flatMap(role => groups.get(role) ?? [])
  const payload = template.userData === undefined ? undefined : payloadOf(ground, name)
  return templateData(template, [...own, ...template.securityGroups], payload)
}

/** The newest version of a template, by number: `$Latest` may be the one before for some seconds. */
function versionOf({ actual }: Ground, template: string, made: ReadonlyMap<string, string>): string {
  const present = actual.launchTemplates.find(({ name }) => name === template)?.version
  return made.get(`launch template ${template}`) ?? String(present)
}

/** The security groups that are there, or have been made. */
export function groupIds(
  { cluster, actual }: Pick<Ground, 'cluster' | 'actual'>,
  made: ReadonlyMap<string, string>,
): GroupIds {
  return new Map(
    roles.flatMap(role => {
      const present = actual.securityGroups.find(group => group.role === role)?.id
      const id = present ?? made.get(`security group ${securityGroupName(cluster.name, role)}`)
      return id === undefined ? [] : [[role, id] as const]
    }),
  )
}

/**
 * How each step of a destroy is done on EC2.
 *
 * @param timeout how long one step may wait for machines to be gone, in milliseconds
 */
export function destroyOn(aws: Aws, cluster: Cluster, timeout: number): Act<Removal> {
  return async step => {
    await remove(aws, cluster, step, timeout)
    return step.target
  }
}

function remove(aws: Aws, cluster: Cluster, { kind, target }: Removal, timeout: number): Promise<void> {
  switch (kind) {
    case 'pool':
      return deletePool(aws, target, timeout)
    case 'seat':
    case 'machine':
      return terminateMachine(aws, target, timeout)
    case 'launch template':
      return deleteLaunchTemplate(aws, target)
    case 'security group':
      return deleteSecurityGroup(aws, target, timeout)
    case 'instance profile':
      return deleteInstanceProfile(aws, cluster.name)
    case 'user-data':
      return deleteBody(aws, cluster, target)
  }
}
