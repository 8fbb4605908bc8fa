import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type Instance,
  type SecurityGroup,
} from '@aws-sdk/client-ec2'

/** What a machine must know about an instance. */
export interface InstanceFacts {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly address: string
  readonly zone: string
  readonly type: string
  readonly image: string
  /** The name of its instance profile. */
  readonly profile: string | undefined
  readonly keyName: string | undefined
  /** The tags that its metadata contains: none, unless `InstanceMetadataTags` is enabled. */
  readonly metadataTags: Readonly<Record<string, string>>
  readonly groups: readonly string[]
}

/** Every instance that has an address, as the API describes it. Terminated instances have none. */
export async function observeInstances(ec2: EC2Client): Promise<readonly InstanceFacts[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}))
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(factsOf)).filter(
    ({ address }) => address !== '',
  )
}

function factsOf(instance: Instance): InstanceFacts {
  const tags = Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
  const id = instance.InstanceId ?? ''
  return {
    id,
    name: tags.Name ?? id,
    state: instance.State?.Name ?? 'pending',
    address: instance.PrivateIpAddress ?? '',
    zone: instance.Placement?.AvailabilityZone ?? '',
    type: instance.InstanceType ?? '',
    image: instance.ImageId ?? '',
    profile: instance.IamInstanceProfile?.Arn?.replace(/^.*\//, ''),
    keyName: instance.KeyName,
    metadataTags: instance.MetadataOptions?.InstanceMetadataTags === 'enabled' ? tags : {},
    groups: (instance.SecurityGroups ?? []).map(({ GroupId = '' }) => GroupId),
  }
}

/** The user data of an instance: the bytes that `RunInstances` or its launch template contained. */
export async function observeUserData(ec2: EC2Client, id: string): Promise<Buffer> {
  const asked = { InstanceId: id, Attribute: 'userData' } as const
  const { UserData } = await ec2.send(new DescribeInstanceAttributeCommand(asked))
  return Buffer.from(UserData?.Value ?? '', 'base64')
}

/** The public key of an instance, in the format of OpenSSH. */
export async function observeKey(ec2: EC2Client, { keyName }: InstanceFacts): Promise<string | undefined> {
  if (keyName === undefined) return undefined
  const asked = new DescribeKeyPairsCommand({ KeyNames: [keyName], IncludePublicKey: true })
  return (await ec2.send(asked)).KeyPairs?.[0]?.PublicKey
}

export async function observeGroups(ec2: EC2Client): Promise<readonly SecurityGroup[]> {
  return (await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups ?? []
}
