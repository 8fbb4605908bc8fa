import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeTagsCommand,
  EC2Client,
  type NetworkInterface,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2'
import { GetInstanceProfileCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { clientConfig } from './aws.ts'

export type Tags = Readonly<Record<string, string>>

/** The access key for observing the account, which distinguishes these calls from those of the product. */
export const lookingKey = 'AKIALOOKINGON0000000'

/**
 * The current content of the account, for deciding whether a call is allowed. Resources that do not exist have no tags.
 */
export interface AccountView {
  /** For an EC2 resource. */
  readonly tagsOf: (id: string) => Promise<Tags>
  readonly template: (which: TemplateName) => Promise<Template | undefined>
  readonly networkInterface: (id: string) => Promise<NetworkInterface | undefined>
  /** For an Auto Scaling group. */
  readonly tagsOfPool: (name: string) => Promise<Tags>
  readonly boundaryOf: (role: string) => Promise<string | undefined>
  /** The ARNs of the roles in an instance profile. */
  readonly rolesIn: (profile: string) => Promise<readonly string[]>
}

interface TemplateName {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly version?: string | undefined
}

interface Template {
  readonly id: string
  readonly data: ResponseLaunchTemplateData
}

/** Observes the account behind the proxy at `url`. */
export function viewAccount(url: string): AccountView {
  const base = clientConfig(url)
  const config = { ...base, credentials: { ...base.credentials, accessKeyId: lookingKey } }
  const ec2 = new EC2Client(config)
  const iam = new IAMClient(config)
  const autoScaling = new AutoScalingClient(config)
  return {
    tagsOf: id => tagsOf(ec2, id),
    template: which => template(ec2, which),
    networkInterface: async id => {
      const query = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] })
      return (await orNothing(ec2.send(query)))?.NetworkInterfaces?.[0]
    },
    tagsOfPool: async name => {
      const query = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] })
      return fromTags((await autoScaling.send(query)).AutoScalingGroups?.[0]?.Tags)
    },
    boundaryOf: async RoleName => {
      const found = await orNothing(iam.send(new GetRoleCommand({ RoleName })))
      return found?.Role?.PermissionsBoundary?.PermissionsBoundaryArn
    },
    rolesIn: async InstanceProfileName => {
      const found = await orNothing(iam.send(new GetInstanceProfileCommand({ InstanceProfileName })))
      return (found?.InstanceProfile?.Roles ?? []).map(({ Arn = '' }) => Arn)
    },
  }
}

async function tagsOf(ec2: EC2Client, id: string): Promise<Tags> {
  const query = new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] })
  return fromTags((await ec2.send(query)).Tags)
}

async function template(ec2: EC2Client, { id, name, version = '$Default' }: TemplateName) {
  if (id === undefined && name === undefined) return undefined
  const which = id === undefined ? { LaunchTemplateName: name } : { LaunchTemplateId: id }
  const query = new DescribeLaunchTemplateVersionsCommand({ ...which, Versions: [version] })
  const [found] = (await orNothing(ec2.send(query)))?.LaunchTemplateVersions ?? []
  if (found === undefined) return undefined
  return { id: found.LaunchTemplateId ?? '', data: found.LaunchTemplateData ?? {} }
}

async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof Error && /NotFound|NoSuchEntity/.test(error.name)) return undefined
    throw error
  }
}

export function fromTags(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
}
