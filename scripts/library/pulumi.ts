import { Group } from '@pulumi/aws/autoscaling/group.js'
import { Instance } from '@pulumi/aws/ec2/instance.js'
import { LaunchTemplate } from '@pulumi/aws/ec2/launchTemplate.js'
import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js'
import { SecurityGroupRule } from '@pulumi/aws/ec2/securityGroupRule.js'
import { InstanceProfile } from '@pulumi/aws/iam/instanceProfile.js'
import { Role as IamRole } from '@pulumi/aws/iam/role.js'
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js'
import { getParameterOutput } from '@pulumi/aws/ssm/getParameter.js'
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi'
import type { Architecture, Cluster } from '../cluster/cluster.ts'
import { type Role, roles } from '../cluster/firewall.ts'
import { type Blueprint, blueprintOf, type PoolPlan, type SeatPlan, withImages } from '../embed/blueprint.ts'
import { base64Payloads } from '../embed/payload.ts'
import { imageParameter } from '../targets/ec2/image.ts'
import { describeRole, policyName, rolePolicy, trustEc2 } from '../targets/ec2/instance-profile.ts'
import { roleOf, templateTags } from '../targets/ec2/launch-template.ts'
import { hookName, hookOf, hookSpecification } from '../targets/ec2/lifecycle-hook.ts'
import { describeGroup, describeOpening } from '../targets/ec2/security-group.ts'
import { clusterFrom } from './cluster-from.ts'
import { renderedOf } from './rendered.ts'

/** The arguments of a cluster. */
export interface MesosClusterArgs {
  /** The YAML of an inventory, or a cluster from `loadInventory`. */
  readonly inventory: string | Cluster
  /** The VPC of the subnets that the inventory names. */
  readonly vpcId: Input<string>
  /** The images to start from. Default: the images that a bake published in SSM. */
  readonly images?: Partial<Readonly<Record<Architecture, Input<string>>>>
}

/** What the resources of a cluster are created with. */
interface Ground {
  readonly blueprint: Blueprint
  readonly parent: ComponentResourceOptions
  readonly groupIds: ReadonlyMap<Role, Output<string>>
  readonly profiles: ReadonlyMap<Role, Input<string>>
  readonly imageOf: (architecture: Architecture) => Input<string>
}

/**
 * A cluster of leaders, pools of followers and everything that they need, as `launch` would create it.
 *
 * @throws Refused with all problems of the inventory at once
 * @example
 * new MesosCluster('mesos', { inventory: readFileSync('inventory.yaml', 'utf8'), vpcId })
 */
export class MesosCluster extends ComponentResource {
  /** The IDs of the security groups, for adding further rules. */
  readonly leaderSecurityGroupId: Output<string>
  readonly followerSecurityGroupId: Output<string>
  /** The instances of the leaders, by seat. */
  readonly leaders: readonly Instance[]
  readonly pools: readonly Group[]

  constructor(
    name: string,
    { inventory, vpcId, images = {} }: MesosClusterArgs,
    options?: ComponentResourceOptions,
  ) {
    super('mesos-bakery:index:MesosCluster', name, {}, options)
    const cluster = clusterFrom(inventory)
    const blueprint = blueprintOf(cluster, renderedOf(cluster))
    const parent = { parent: this }
    const groups = new Map(
      blueprint.groups.map(group => [group.role, securityGroup(group, { cluster, vpcId, parent })]),
    )
    const idOf = (role: Role) => (groups.get(role) as SecurityGroup).id
    const groupIds = new Map([...groups].map(([role, { id }]) => [role, id]))
    openAll(blueprint, groupIds, parent)
    const imageOf = (architecture: Architecture) =>
      images[architecture] ??
      cluster.image.id ??
      getParameterOutput({ name: imageParameter(cluster.image.name, architecture) }, parent).value
    const ground = { blueprint, parent, groupIds, profiles: profilesOf(blueprint, parent), imageOf }
    this.leaders = blueprint.seats.map(seat => leader(seat, ground))
    this.pools = blueprint.pools.map(plan => pool(plan, ground))
    this.leaderSecurityGroupId = idOf('leader')
    this.followerSecurityGroupId = idOf('follower')
    this.registerOutputs()
  }
}

/**
 * The user data of a node in base64, for the `userDataBase64` of an instance or the `userData` of a launch template.
 *
 * @throws Refused if the inventory is invalid or has no node with that name
 * @example
 * new aws.ec2.Instance('leader-1', { userDataBase64: mesosUserData(inventory, 'cluster1-leader-1'), … })
 */
export function mesosUserData(inventory: string | Cluster, node: string): string {
  const cluster = clusterFrom(inventory)
  return base64Payloads(cluster, renderedOf(cluster, [node]))[node] as string
}

interface GroupGround {
  readonly cluster: Cluster
  readonly vpcId: Input<string>
  readonly parent: ComponentResourceOptions
}

function securityGroup({ role }: Blueprint['groups'][number], { cluster, vpcId, parent }: GroupGround) {
  const { name, description, tags } = describeGroup(cluster, role)
  // Unlike EC2, the provider does not allow outbound traffic by default.
  const egress = [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }]
  return new SecurityGroup(name, { name, description, vpcId, egress, tags }, parent)
}

function openAll(
  { cluster, openings }: Blueprint,
  ids: ReadonlyMap<Role, Output<string>>,
  parent: ComponentResourceOptions,
): void {
  for (const { to, from, protocol, first, last, description } of openings.map(describeOpening)) {
    const settings = {
      type: 'ingress',
      securityGroupId: ids.get(to) as Output<string>,
      sourceSecurityGroupId: ids.get(from) as Output<string>,
      protocol,
      fromPort: first,
      toPort: last,
      description,
    }
    new SecurityGroupRule(`${cluster.name}-${to}-from-${from}-${protocol}-${first}-${last}`, settings, parent)
  }
}

function profilesOf(blueprint: Blueprint, parent: ComponentResourceOptions): Ground['profiles'] {
  return new Map(roles.map(role => [role, profileOf(blueprint, role, parent)]))
}

function profileOf(
  { cluster, profile }: Blueprint,
  nodes: Role,
  parent: ComponentResourceOptions,
): Input<string> {
  if (profile === undefined) return cluster.instanceProfile ?? ''
  const { name, tags } = describeRole(cluster, nodes)
  const { permissionsBoundary } = cluster
  const role = new IamRole(
    name,
    {
      name,
      assumeRolePolicy: JSON.stringify(trustEc2),
      tags,
      ...(permissionsBoundary !== undefined && { permissionsBoundary }),
    },
    parent,
  )
  const policy = JSON.stringify(rolePolicy(cluster, nodes))
  new RolePolicy(name, { name: policyName, role: role.name, policy }, parent)
  return new InstanceProfile(name, { name, role: role.name, tags }, parent).name
}

/** The settings of every instance. */
function machineOf({ template, userData }: SeatPlan | PoolPlan, { groupIds, profiles, imageOf }: Ground) {
  const own = template.roles.map(role => groupIds.get(role) as Output<string>)
  return {
    image: withImages(template.image, imageOf) as Input<string>,
    instanceType: template.instanceType,
    profile: profiles.get(roleOf(template)) as Input<string>,
    securityGroups: [...own, ...template.securityGroups],
    metadata: { httpTokens: 'required', httpEndpoint: 'enabled', httpPutResponseHopLimit: 1 },
    ...(template.keyName !== undefined && { keyName: template.keyName }),
    userData: base64(userData),
    tags: withImages(template.tags, imageOf) as Record<string, Input<string>>,
  }
}

function leader(plan: SeatPlan, ground: Ground): Instance {
  const { image, profile, securityGroups, metadata, userData, tags, ...same } = machineOf(plan, ground)
  const settings = {
    ...same,
    ami: image,
    subnetId: plan.step.subnet,
    iamInstanceProfile: profile,
    vpcSecurityGroupIds: securityGroups,
    metadataOptions: metadata,
    rootBlockDevice: { encrypted: true, volumeType: 'gp3', volumeSize: plan.template.rootVolumeGb, tags },
    userDataBase64: userData,
    userDataReplaceOnChange: true,
    tags,
  }
  // A seat must never have two instances: the old instance is terminated before the new one is created.
  return new Instance(plan.step.name, settings, { ...ground.parent, deleteBeforeReplace: true })
}

function pool(plan: PoolPlan, ground: Ground): Group {
  const { image, profile, securityGroups, metadata, userData, tags, ...same } = machineOf(plan, ground)
  const { name, min, max, subnets } = plan.step
  const { cluster } = ground.blueprint
  const ebs = {
    encrypted: 'true',
    volumeType: 'gp3',
    volumeSize: plan.template.rootVolumeGb,
    deleteOnTermination: 'true',
  }
  const template = new LaunchTemplate(
    name,
    {
      ...same,
      name,
      imageId: image,
      iamInstanceProfile: { name: profile },
      vpcSecurityGroupIds: securityGroups,
      metadataOptions: metadata,
      blockDeviceMappings: [{ deviceName: plan.template.rootDevice, ebs }],
      userData,
      tagSpecifications: ['instance', 'volume'].map(resourceType => ({ resourceType, tags })),
      tags: templateTags(cluster, name, plan.template),
    },
    ground.parent,
  )
  const settings = {
    name,
    minSize: min,
    maxSize: max,
    vpcZoneIdentifiers: [...subnets],
    launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
    initialLifecycleHooks: [initialHook(cluster)],
    tags: Object.entries(plan.step.tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
  }
  return new Group(name, settings, ground.parent)
}

function initialHook(cluster: Cluster) {
  const spec = hookSpecification(hookOf(cluster))
  return {
    name: hookName,
    lifecycleTransition: spec.LifecycleTransition,
    defaultResult: spec.DefaultResult,
    heartbeatTimeout: spec.HeartbeatTimeout,
    notificationMetadata: spec.NotificationMetadata,
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
