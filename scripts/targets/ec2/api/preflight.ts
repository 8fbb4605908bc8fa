import type { InstanceTypeInfo } from '@aws-sdk/client-ec2'
import { type Cluster, type Node, nodesOf } from '../../../cluster/cluster.ts'
import { Path } from '../../../inventory/problem-path.ts'
import type { Problem } from '../../../inventory/problems.ts'
import type { FreeAddresses } from '../addresses.ts'
import { unfitMemory } from '../memory.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { checkBucket } from './stored-user-data.ts'
import { everyOf } from './tagged.ts'

/** What EC2 knows about the resources that an inventory names. */
export interface Preflight {
  /** The VPC of all subnets. */
  readonly vpc: string
  readonly freeAddresses: FreeAddresses
  /** The instance types whose consoles cannot be read while they run. */
  readonly silentTypes: readonly string[]
  readonly problems: readonly Problem[]
}

/** Queries EC2 for every resource that the inventory names, in parallel, before anything is created. */
export async function preflight(aws: Aws, cluster: Cluster): Promise<Preflight> {
  const [subnets, types, ...others] = await Promise.all([
    checkSubnets(aws, cluster),
    checkInstanceTypes(aws, cluster),
    checkKeyPairs(aws, cluster),
    checkSecurityGroups(aws, cluster),
    checkInstanceProfile(aws, cluster),
    checkBucket(aws, cluster),
  ])
  const problems = [...subnets.problems, ...types.problems, ...others.flat()]
  return { ...subnets, silentTypes: types.silentTypes, problems }
}

const subnetsOf = (node: Node): readonly string[] =>
  node.kind === 'pool' ? node.subnets : node.subnet === undefined ? [] : [node.subnet]

/** Each named resource with the groups that name it. */
function named(
  cluster: Cluster,
  names: (node: Node) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, Set<string>>()
  for (const node of nodesOf(cluster)) {
    for (const name of names(node)) groups.set(name, (groups.get(name) ?? new Set()).add(node.group))
  }
  return new Map([...groups].map(([name, set]) => [name, [...set]]))
}

function absent(
  uses: ReadonlyMap<string, readonly string[]>,
  present: ReadonlySet<string>,
  key: string,
  message: (name: string) => string,
): readonly Problem[] {
  return [...uses]
    .filter(([name]) => !present.has(name))
    .flatMap(([name, groups]) =>
      groups.map(
        (group): Problem => ({
          code: 'E050',
          path: Path.inInventory('groups', group, key),
          message: message(name),
        }),
      ),
    )
}

async function checkSubnets(aws: Aws, cluster: Cluster): Promise<Omit<Preflight, 'silentTypes'>> {
  const ec2 = await aws.ec2()
  const uses = named(cluster, subnetsOf)
  const pages = ec2.paginateDescribeSubnets({
    Filters: [{ Name: 'subnet-id', Values: [...uses.keys()] }],
  })
  const subnets = await everyOf(pages, page => page.Subnets)
  const vpcs = [...new Set(subnets.map(({ VpcId = '' }) => VpcId))]
  const present = new Set(subnets.map(({ SubnetId = '' }) => SubnetId))
  const split = subnets.map(({ SubnetId, VpcId }) => `${SubnetId} is in ${VpcId}`).join(', ')
  return {
    vpc: vpcs[0] ?? '',
    freeAddresses: new Map(
      subnets.map(({ SubnetId = '', AvailableIpAddressCount: free = Infinity }) => [SubnetId, free]),
    ),
    problems: [
      ...absent(uses, present, 'subnets', name => `${name} not found in ${aws.region} in this account`),
      ...(vpcs.length > 1
        ? [
            {
              code: 'E051',
              path: Path.inInventory('groups'),
              message: `all subnets must be in one VPC: ${split}`,
            } as const,
          ]
        : []),
    ],
  }
}

async function checkInstanceTypes(
  aws: Aws,
  cluster: Cluster,
): Promise<Pick<Preflight, 'silentTypes' | 'problems'>> {
  const ec2 = await aws.ec2()
  const uses = named(cluster, ({ machine }) => [machine.instanceType])
  const pages = ec2.paginateDescribeInstanceTypes({
    Filters: [{ Name: 'instance-type', Values: [...uses.keys()] }],
  })
  const types = await everyOf(pages, page => page.InstanceTypes)
  const present = new Set<string>(types.map(({ InstanceType = '' }) => InstanceType))
  return {
    // Bare metal instances have no hypervisor.
    silentTypes: types.flatMap(({ InstanceType = '', Hypervisor }) =>
      Hypervisor === 'xen' ? [InstanceType] : [],
    ),
    problems: [
      ...absent(uses, present, 'instance_type', name => `${name} is not available in ${aws.region}`),
      ...types.flatMap(type => otherArchitecture(cluster, type)),
      ...unfitMemory(cluster, memoryOf(types)),
    ],
  }
}

function memoryOf(types: readonly InstanceTypeInfo[]): ReadonlyMap<string, number> {
  return new Map(
    types.flatMap(({ InstanceType = '', MemoryInfo }) =>
      MemoryInfo?.SizeInMiB === undefined ? [] : [[InstanceType, MemoryInfo.SizeInMiB] as const],
    ),
  )
}

// The architecture was derived from the name of the instance type; EC2 knows the actual one.
function otherArchitecture(
  cluster: Cluster,
  { InstanceType, ProcessorInfo }: InstanceTypeInfo,
): readonly Problem[] {
  const supported: readonly string[] = ProcessorInfo?.SupportedArchitectures ?? []
  const ec2Names = { amd64: 'x86_64', arm64: 'arm64' } as const
  return nodesOf(cluster)
    .filter(({ machine }) => machine.instanceType === InstanceType)
    .filter(({ machine }) => !supported.includes(ec2Names[machine.architecture]))
    .map(({ group, machine }) => ({
      code: 'E050',
      path: Path.inInventory('groups', group, 'instance_type'),
      message: `${InstanceType} is ${supported.join(', ')}, not ${machine.architecture}`,
      help: 'choose another instance type',
    }))
}

async function checkKeyPairs(aws: Aws, cluster: Cluster): Promise<readonly Problem[]> {
  const uses = named(cluster, ({ machine }) => (machine.keyName === undefined ? [] : [machine.keyName]))
  if (uses.size === 0) return []
  const ec2 = await aws.ec2()
  const { KeyPairs = [] } = await ec2.describeKeyPairs({
    Filters: [{ Name: 'key-name', Values: [...uses.keys()] }],
  })
  const present = new Set(KeyPairs.map(({ KeyName = '' }) => KeyName))
  return absent(uses, present, 'key_name', name => `key pair ${name} not found in ${aws.region}`)
}

async function checkSecurityGroups(aws: Aws, cluster: Cluster): Promise<readonly Problem[]> {
  const uses = named(cluster, ({ machine }) => machine.securityGroups)
  if (uses.size === 0) return []
  const ec2 = await aws.ec2()
  const pages = ec2.paginateDescribeSecurityGroups({
    Filters: [{ Name: 'group-id', Values: [...uses.keys()] }],
  })
  const groups = await everyOf(pages, page => page.SecurityGroups)
  const present = new Set(groups.map(({ GroupId = '' }) => GroupId))
  return absent(uses, present, 'security_groups', name => `security group ${name} not found in ${aws.region}`)
}

async function checkInstanceProfile(aws: Aws, { instanceProfile }: Cluster): Promise<readonly Problem[]> {
  if (instanceProfile === undefined) return []
  const iam = await aws.iam()
  const get = iam.getInstanceProfile({ InstanceProfileName: instanceProfile })
  const found = await unless(/^NoSuchEntity/, get, () => undefined)
  const roles = found?.InstanceProfile?.Roles ?? []
  if (roles.length > 0) return []
  const message =
    found === undefined
      ? `instance profile ${instanceProfile} not found in this account`
      : `the instance profile ${instanceProfile} has no role; add one to it`
  return [{ code: 'E050', path: Path.inInventory('instance_profile'), message }]
}
