import { createHash } from 'node:crypto'
import type { Cluster, Node } from '../../cluster/cluster.ts'
import { type Role, roles } from '../../cluster/firewall.ts'
import { groupName, profileName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { removal, type Step } from '../../plan/step.ts'
import type { Actual, ActualTemplate } from './actual.ts'
import { groupReference, type Resource } from './cloudformation-resource.ts'
import { clusterTags, machineTags, tagMachine, toTags } from './ec2-tags.ts'
import type { Facts } from './facts.ts'
import { sumOf, type UserDataSum } from './stored-user-data.ts'

/** Makes a launch template, or its next version. */
export interface WriteTemplate extends Step {
  readonly action: 'create' | 'update'
  readonly kind: 'launch template'
  readonly template: TemplateSpec
  /** Of the spec; kept with the version that is made from it. */
  readonly hash: string
}

/** What the machines of a group are started from. */
export interface TemplateSpec {
  readonly group: string
  readonly image: string
  readonly instanceType: string
  readonly rootDevice: string
  readonly rootVolumeGb: number
  readonly instanceProfile: string
  readonly roles: readonly Role[]
  readonly securityGroups: readonly string[]
  /** Set for leaders: their security groups are those of the network interface that they are started with. */
  readonly interfaces?: true
  readonly keyName: string | undefined
  /** What a pool's machines boot with. Leaders get theirs seat by seat. */
  readonly userData: UserDataSum | undefined
  readonly tags: Readonly<Record<string, string>>
}

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
): readonly WriteTemplate[] {
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
      says: {
        sign: present === undefined ? '+' : '~',
        title: 'launch template',
        detail: `${spec.instanceType}, ${spec.image}`,
      },
    },
  ]
}

/** The removal of a launch template with all its versions. */
export function deleteLaunchTemplate({ name, id }: ActualTemplate, after: readonly Step[]) {
  return removal('launch template', name, id, after)
}

/** The tags of a launch template itself. */
export function templateTags(cluster: Cluster, name: string, { group }: TemplateSpec) {
  return { ...clusterTags(cluster, name), [tag.group]: group }
}

/**
 * What machines start from, as EC2 and CloudFormation take it.
 *
 * @param securityGroupIds ids, or what stands for them in a template; none where a network interface has them
 */
export function templateData<Id>(
  spec: TemplateSpec,
  securityGroupIds: readonly Id[] | undefined,
  userData: Uint8Array | undefined,
) {
  return {
    ImageId: spec.image,
    InstanceType: spec.instanceType as never,
    IamInstanceProfile: { Name: spec.instanceProfile },
    ...(securityGroupIds !== undefined && { SecurityGroupIds: [...securityGroupIds] }),
    // IMDSv2 only, and not through a container's extra hop. Tasks that share the machine's network are kept from it by
    // the image: docs/aws.md, "Access of tasks to the metadata service".
    MetadataOptions: {
      HttpTokens: 'required' as const,
      HttpEndpoint: 'enabled' as const,
      HttpPutResponseHopLimit: 1,
    },
    BlockDeviceMappings: [
      {
        DeviceName: spec.rootDevice,
        Ebs: {
          Encrypted: true,
          VolumeType: 'gp3' as const,
          VolumeSize: spec.rootVolumeGb,
          DeleteOnTermination: true,
        },
      },
    ],
    TagSpecifications: tagMachine(spec.tags),
    ...(spec.keyName !== undefined && { KeyName: spec.keyName }),
    ...(userData !== undefined && { UserData: Buffer.from(userData).toString('base64') }),
  }
}

/**
 * A launch template as CloudFormation calls it.
 *
 * @param ownProfile whether the template makes the instance profile too, which is then named by reference
 */
export function launchTemplateResource(
  cluster: Cluster,
  { name, template, userData }: { name: string; template: TemplateSpec; userData: Uint8Array },
  ownProfile: boolean,
): Resource {
  const groups = [...template.roles.map(groupReference), ...template.securityGroups]
  return {
    Type: 'AWS::EC2::LaunchTemplate',
    Properties: {
      LaunchTemplateName: name,
      LaunchTemplateData: {
        ...templateData<unknown>(template, groups, userData),
        ...(ownProfile && { IamInstanceProfile: { Name: { Ref: 'InstanceProfile' } } }),
      },
      TagSpecifications: [
        { ResourceType: 'launch-template', Tags: toTags(templateTags(cluster, name, template)) },
      ],
    },
  }
}
