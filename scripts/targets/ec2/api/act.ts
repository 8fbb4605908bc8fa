import type { Cluster } from '../../../cluster/cluster.ts'
import { roles } from '../../../cluster/firewall.ts'
import { securityGroupName } from '../../../cluster/names.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import type { Act } from '../../../plan/run.ts'
import { fitted } from '../../../user-data/fit.ts'
import { claimStepId } from '../claim.ts'
import type { Change, Ec2Removal, Ec2Step, StepOf } from '../ec2-step.ts'
import type { Facts } from '../facts.ts'
import { templateData } from '../launch-template.ts'
import { planLaunch } from '../plan-launch.ts'
import { currentClaim, markFormed, writeClaim } from './claim.ts'
import type { Aws } from './connect.ts'
import { createInstanceProfile, deleteInstanceProfile } from './instance-profile.ts'
import { deleteLaunchTemplate, writeLaunchTemplate } from './launch-template.ts'
import { writeHook } from './lifecycle-hook.ts'
import { deleteFreeInterface, tagSeat, updateInterface } from './network-interface.ts'
import { deletePool, replaceFollower, writePool } from './pool.ts'
import { launchSeat, restartSeat, terminateMachine } from './seat.ts'
import { changeRules, createSecurityGroup, deleteSecurityGroup, type GroupIds } from './security-group.ts'
import { deleteBody, storeBody } from './stored-user-data.ts'
import { observe } from './survey.ts'

/** What the steps of a launch operate on. */
export interface Ground extends Facts {
  readonly aws: Aws
  readonly vpc: string
  /** How long a step may wait for former instances to terminate, in milliseconds. */
  readonly timeout: number
}

type Made = ReadonlyMap<string, string>

/** Carries out each step of a launch on EC2. */
export function launchOn(ground: Ground): Act<Ec2Step> {
  return async (step, made) => {
    if (step.action === 'delete') {
      if (step.kind !== 'seat') await checkClaim(ground, made)
      await remove(ground.aws, ground.cluster, step, ground.timeout)
      return step.target
    }
    return change(ground, step, made)
  }
}

/**
 * Carries out each step of a replacement.
 *
 * @param check throws if the node must not be terminated or stopped now; called immediately before that
 */
export function replaceOn(ground: Ground, check: () => Promise<void>): Act<Ec2Step> {
  const launch = launchOn(ground)
  return async (step, made) => {
    if (step.action === 'delete' || step.kind === 'restart') {
      await checkClaim(ground, made)
      await check()
    }
    return launch(step, made)
  }
}

async function change(ground: Ground, step: Change, made: Made): Promise<string> {
  const { aws, cluster, vpc, userData, timeout } = ground
  const groups = groupIds(ground, made)
  switch (step.kind) {
    case 'claim':
      return writeClaim(aws, cluster, step, { groups, timeout })
    case 'formation':
      return markFormed(aws, cluster, knownClaim(ground, made))
    case 'security group':
      if (step.action === 'create') return createSecurityGroup(aws, cluster, vpc, step)
      if (step.close.length > 0) await refuseToClose(ground)
      return changeRules(aws, step, groups)
    case 'user-data':
      return storeBody(aws, cluster, step, userData.get(step.name)?.text ?? '')
    case 'instance profile':
      return createInstanceProfile(aws, cluster, step.name)
    case 'launch template':
      if (step.action === 'update') await checkClaim(ground, made)
      return writeLaunchTemplate(aws, cluster, step, dataOf(ground, step, groups))
    case 'network interface':
      return updateInterface(aws, step, groups)
    case 'tags':
      return tagSeat(aws, step)
    case 'seat':
      return launchSeat(aws, cluster, step, {
        version: versionOf(ground, step.template, made),
        userData: payloadOf(ground, step.name),
        claim: knownClaim(ground, made),
        launched: new Set(made.values()),
        timeout,
      })
    case 'restart':
      return restartSeat(aws, step, payloadOf(ground, step.name), timeout)
    case 'pool':
      await checkClaim(ground, made)
      return writePool(aws, cluster.name, step, versionOf(ground, step.template, made))
    case 'lifecycle hook':
      await checkClaim(ground, made)
      return writeHook(aws, step)
  }
}

/** The version of the claim that this run has written, or that its plan is based on. */
function knownClaim({ actual }: Ground, made: Made): number {
  return Number(made.get(claimStepId) ?? actual.claim?.version)
}

// By the time a plan is carried out, another launch may have claimed the cluster. A run that has just written the claim
// itself does not need the check.
async function checkClaim(ground: Ground, made: Made): Promise<void> {
  if (made.has(claimStepId)) return
  await currentClaim(ground.aws, ground.cluster, knownClaim(ground, made))
}

// Since the plan was made, instances that are out of date and use a port that the plan closes may have been started.
async function refuseToClose(ground: Ground): Promise<void> {
  const actual = await observe(ground.aws, ground.cluster)
  const [old] = planLaunch({ ...ground, actual }).outOfDate
  if (old === undefined) return
  const message = `${old.machine} is out of date and may use the ports that this plan closes`
  throw new Refused([
    { path: Path.outside(old.name), message, help: 'the ports stay open; run launch again for a new plan' },
  ])
}

/** The user data that EC2 receives for a node. */
export function payloadOf(
  { userData, cluster }: Pick<Ground, 'userData' | 'cluster'>,
  node: string,
): Uint8Array {
  const one = userData.get(node)
  if (one === undefined) throw new Error(`there is no user data for ${node}`)
  return fitted(cluster, one).payload
}

/** The content of a launch template, with the IDs of its security groups. */
export function dataOf(
  ground: Pick<Ground, 'userData' | 'cluster'>,
  { name, template }: StepOf<'launch template'>,
  groups: GroupIds,
) {
  const own = template.roles.flatMap(role => groups.get(role) ?? [])
  const payload = template.userData === undefined ? undefined : payloadOf(ground, name)
  // EC2 accepts security groups for an instance or for its network interface, but not for both.
  const all = template.interfaces === true ? undefined : [...own, ...template.securityGroups]
  return templateData(template, all, payload)
}

/** The newest version of a template by number, because `$Latest` may lag behind for some seconds. */
function versionOf({ actual }: Ground, template: string, made: ReadonlyMap<string, string>): string {
  const present = actual.launchTemplates.find(({ name }) => name === template)?.version
  return made.get(`launch template ${template}`) ?? String(present)
}

/** The security groups that exist or that this run has created. */
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
 * Carries out each step of a destroy on EC2.
 *
 * @param timeout how long a step may wait for instances to terminate, in milliseconds
 */
export function destroyOn(aws: Aws, cluster: Cluster, timeout: number): Act<Ec2Removal> {
  return async step => {
    await remove(aws, cluster, step, timeout)
    return step.target
  }
}

function remove(aws: Aws, cluster: Cluster, { kind, target }: Ec2Removal, timeout: number): Promise<void> {
  switch (kind) {
    case 'pool':
      return deletePool(aws, target, timeout)
    case 'seat':
    case 'machine':
      return terminateMachine(aws, target, timeout)
    case 'follower':
      return replaceFollower(aws, target)
    case 'network interface':
      return deleteFreeInterface(aws, target, timeout)
    case 'launch template':
    case 'claim':
      return deleteLaunchTemplate(aws, target)
    case 'security group':
      return deleteSecurityGroup(aws, target, timeout)
    case 'instance profile':
      return deleteInstanceProfile(aws, cluster.name)
    case 'user-data':
      return deleteBody(aws, cluster, target)
  }
}
