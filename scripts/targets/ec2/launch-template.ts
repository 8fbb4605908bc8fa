import type { Cluster, Node } from '../../cluster/cluster.ts'
import { type Role, roles } from '../../cluster/firewall.ts'
import { groupName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { sha256Of } from '../../inventory/bytes.ts'
import { removal, type Step } from '../../plan/step.ts'
import type { Actual, ActualTemplate } from './actual.ts'
import { groupReference, type Resource } from './cloudformation-resource.ts'
import { clusterTags, machineTags, tagMachine, toTags } from './ec2-tags.ts'
import type { Facts } from './facts.ts'
import { ownProfileOf, profileLogicalId } from './instance-profile.ts'
import { sumOf, type UserDataSum } from './stored-user-data.ts'

/** Creates a launch template or its next version. */
export interface WriteTemplate extends Step {
  readonly action: 'create' | 'update'
  readonly kind: 'launch template'
  readonly template: TemplateSpec
  /** Hash of the spec, stored with the version that is created from it. */
  readonly hash: string
}

/** The settings that the instances of a group are started with. */
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
  /** The user data of a pool's instances. Leaders get theirs for each seat. */
  readonly userData: UserDataSum | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** A template for each group: without user data for leaders, with the shared user data for a pool. */
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
      instanceProfile: cluster.instanceProfile ?? ownProfileOf(cluster, node),
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

/** The roles whose security groups a node is in. */
export function rolesOf({ mode }: Node): readonly Role[] {
  return mode === 'mixed' ? roles : [mode]
}

/** The role whose instance profile the instances of a template have. Instances in `mixed` mode are leaders. */
export function roleOf({ roles: [first] }: TemplateSpec): Role {
  return first ?? 'follower'
}

/** Identifies the content of a template version, so that an equal version is not created again. */
export function templateHash(spec: TemplateSpec): string {
  return sha256Of(JSON.stringify(spec))
}

/**
 * The step that creates or renews a launch template. None if the newest version is up to date.
 *
 * @param created the steps that create security groups; a template that refers to the former ID of a group is renewed
 * @param claim the step that must be done first. A new template for leaders does not need to wait for it: it contains
 *   none of the values that leaders agree on, and no instance is started from it without the claim
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

/** The step that deletes a launch template with all its versions. */
export function deleteLaunchTemplate({ name, id }: ActualTemplate, after: readonly Step[]) {
  return removal('launch template', name, id, after)
}

/** The tags of the launch template itself. */
export function templateTags(cluster: Cluster, name: string, { group }: TemplateSpec) {
  return { ...clusterTags(cluster, name), [tag.group]: group }
}

/**
 * The data of a launch template, in the format of EC2 and CloudFormation.
 *
 * @param securityGroupIds IDs, or references to them in a CloudFormation template; none if they are set on a network
 *   interface
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
    // IMDSv2 only, with a hop limit of 1 to exclude containers. The image denies access to tasks that share the network
    // of the instance: docs/aws.md, "Access of tasks to the metadata service".
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
 * A launch template as a CloudFormation resource.
 *
 * @param ownProfile whether the CloudFormation template also creates the instance profile, which is then referenced
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
        ...(ownProfile && { IamInstanceProfile: { Name: { Ref: profileLogicalId(roleOf(template)) } } }),
      },
      TagSpecifications: [
        { ResourceType: 'launch-template', Tags: toTags(templateTags(cluster, name, template)) },
      ],
    },
  }
}
