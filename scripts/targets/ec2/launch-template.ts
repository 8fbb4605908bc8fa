import { createHash } from 'node:crypto'
import type { Node } from '../../cluster/cluster.ts'
import { type Role, roles } from '../../cluster/firewall.ts'
import { groupName, profileName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import type { Actual } from './actual.ts'
import type { Facts } from './facts.ts'
import { machineTags } from './machine-tags.ts'
import type { Step, TemplateSpec } from './step.ts'
import { sumOf } from './stored-user-data.ts'

/** One template a group: the leaders' without user-data, a pool's with the one that all its machines share. */
export function templateSpecs(facts: Facts): readonly TemplateSpec[] {
  const { cluster, imageOf } = facts
  const [leader] = cluster.seats
  const nodes: readonly Node[] = [...(leader === undefined ? [] : [leader]), ...cluster.pools]
  return nodes.map(node => {
    const sum = node.kind === 'pool' ? sumOf(facts, node.name) : undefined
    const { id: image, rootDevice } = imageOf(node.machine)
    return {
      group: node.group,
      image,
      rootDevice,
      instanceType: node.machine.instanceType,
      rootVolumeGb: node.machine.rootVolumeGb,
      instanceProfile: cluster.instanceProfile ?? profileName(cluster.region, cluster.name),
      roles: rolesOf(node),
      securityGroups: node.machine.securityGroups,
      ...(node.kind === 'seat' && { interfaces: true as const }),
      keyName: node.machine.keyName,
      userData: sum,
      tags: {
        ...machineTags(cluster, node, groupName(cluster.name, node.group), image),
        ...(sum && { [tag.userData]: sum.sha256 }),
      },
    }
  })
}

/** Which security groups a node is in. */
export function rolesOf({ mode }: Node): readonly Role[] {
  return mode === 'mixed' ? roles : [mode]
}

/** Names what a template's version was made from, so that an equal one isn't made again. */
export function templateHash(spec: TemplateSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex')
}

/**
 * The step that makes or renews a launch template, or none when the newest version is right.
 *
 * @param created the steps that create security groups; a template that names a group's old id is renewed
 * @param claim the step that must be done first. A new template of leaders needn't wait for it: nothing that leaders
 *   agree on is in it, and nobody starts from it without the claim
 */
export function templateStep(
  name: string,
  spec: TemplateSpec,
  actual: Actual,
  created: readonly Step[],
  claim: readonly Step[],
): readonly Step[] {
  const hash = templateHash(spec)
  const present = actual.launchTemplates.find(template => template.name === name)
  const own = spec.interfaces === true ? [] : created
  const groups = actual.securityGroups.filter(({ role }) => spec.roles.includes(role)).map(({ id }) => id)
  const sameGroups =
    spec.interfaces === true ||
    [...groups, ...spec.securityGroups].every(id => present?.securityGroupIds.includes(id))
  if (present?.hash === hash && sameGroups && own.length === 0) return []
  const needs = spec.interfaces === true && present === undefined ? [] : [...own, ...claim]
  return [
    {
      id: `launch template ${name}`,
      needs: needs.map(({ id }) => id),
      action: present === undefined ? 'create' : 'update',
      kind: 'launch template',
      name,
      template: spec,
      hash,
    },
  ]
}
