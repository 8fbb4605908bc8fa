import { CfnResource } from 'aws-cdk-lib'
import {
  type IMachineImage,
  type ISecurityGroup,
  type IVpc,
  MachineImage,
  SecurityGroup,
  UserData,
} from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import type { Architecture, Cluster } from '../cluster/cluster.ts'
import type { Role } from '../cluster/firewall.ts'
import { blueprintOf, withImages } from '../embed/blueprint.ts'
import { resourcesOf } from '../embed/resources.ts'
import { Path } from '../inventory/problem-path.ts'
import { Refused } from '../inventory/problems.ts'
import { groupLogicalId, type Resources } from '../targets/ec2/cloudformation-resource.ts'
import { imageParameter } from '../targets/ec2/image.ts'
import { clusterFrom } from './cluster-from.ts'
import { renderUserData } from './mesos-bakery.ts'
import { renderedOf } from './rendered.ts'

/** The properties of a cluster. */
export interface MesosClusterProps {
  /** The YAML of an inventory, or a cluster from `loadInventory`. */
  readonly inventory: string | Cluster
  /** The VPC of the subnets that the inventory names. */
  readonly vpc: Pick<IVpc, 'vpcId'>
  /** The images to start from. Default: the images that a bake published in SSM. */
  readonly images?: Partial<Readonly<Record<Architecture, IMachineImage>>>
}

/**
 * A cluster of leaders, pools of followers and everything that they need, as `launch` would create it.
 *
 * @throws Refused with all problems of the inventory at once
 * @example
 * new MesosCluster(this, 'Mesos', { inventory: readFileSync('inventory.yaml', 'utf8'), vpc })
 */
export class MesosCluster extends Construct {
  readonly cluster: Cluster
  /** The security group of the leaders, for adding further rules. */
  readonly leaders: ISecurityGroup
  /** The security group of the followers. */
  readonly followers: ISecurityGroup

  constructor(scope: Construct, id: string, { inventory, vpc, images = {} }: MesosClusterProps) {
    super(scope, id)
    this.cluster = clusterFrom(inventory)
    const { image } = this.cluster
    const imageOf = (architecture: Architecture) =>
      images[architecture]?.getImage(this).imageId ??
      image.id ??
      MachineImage.fromSsmParameter(imageParameter(image.name, architecture)).getImage(this).imageId
    const resources = resourcesOf(blueprintOf(this.cluster, renderedOf(this.cluster)))
    const made = make(this, withImages(resources, imageOf) as typeof resources, { VpcId: vpc.vpcId })
    const group = (role: Role) => {
      const name = groupLogicalId(role)
      const groupId = made.get(name)?.getAtt('GroupId').toString() ?? ''
      return SecurityGroup.fromSecurityGroupId(this, `${name}Id`, groupId)
    }
    this.leaders = group('leader')
    this.followers = group('follower')
  }
}

/**
 * The user data of a node, for your own instances.
 *
 * @throws Refused if the inventory is invalid or has no node with that name
 * @example
 * new Instance(this, 'Leader1', { userData: mesosUserData(inventory, 'cluster1-leader-1'), … })
 */
export function mesosUserData(inventory: string | Cluster, node: string): UserData {
  const { text } = renderUserData(clusterFrom(inventory), node)
  const [mark] = /\$\{Token\[[\w:.-]*\]\}/.exec(text) ?? []
  if (mark === undefined) return UserData.custom(text)
  const help = 'pass the result of `renderUserData`, base64-encoded, to a CfnInstance'
  throw new Refused([
    { path: Path.outside(node), message: `contains ${mark}, which the CDK interprets as a token`, help },
  ])
}

/** Creates resources, each after those that it refers to. */
function make(
  scope: Construct,
  resources: Resources,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, CfnResource> {
  const made = new Map<string, CfnResource>()
  for (const [id, { Type, Properties, UpdatePolicy, DependsOn = [] }] of Object.entries(resources)) {
    const properties = linked(Properties, { made, given }) as Record<string, unknown>
    const resource = new CfnResource(scope, id, { type: Type, properties })
    if (UpdatePolicy !== undefined) resource.addOverride('UpdatePolicy', UpdatePolicy)
    const before = DependsOn.map(other => found(made, other).logicalId)
    if (before.length > 0) resource.addOverride('DependsOn', before)
    made.set(id, resource)
  }
  return made
}

interface Known {
  readonly made: ReadonlyMap<string, CfnResource>
  readonly given: Readonly<Record<string, string>>
}

/** Replaces our references in a value with those of the CDK. */
function linked(value: unknown, known: Known): unknown {
  if (Array.isArray(value)) return value.map(one => linked(one, known))
  if (typeof value !== 'object' || value === null) return value
  if ('Ref' in value) {
    const id = String(value.Ref)
    return known.given[id] ?? found(known.made, id).ref
  }
  if ('Fn::GetAtt' in value) {
    const [id = '', attribute = ''] = value['Fn::GetAtt'] as string[]
    return found(known.made, id).getAtt(attribute)
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, linked(one, known)]))
}

function found(made: ReadonlyMap<string, CfnResource>, id: string): CfnResource {
  const resource = made.get(id)
  if (resource === undefined) throw new Error(`${id} is used before it is created`)
  return resource
}
