import type {
  CreateLaunchTemplateCommandInput,
  LaunchTemplate,
  LaunchTemplateVersion,
  RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2'
import type { Cluster } from '../../../cluster/cluster.ts'
import { claimName, rollName } from '../../../cluster/names.ts'
import { tag } from '../../../cluster/tags.ts'
import type { ActualTemplate } from '../actual.ts'
import type { StepOf } from '../ec2-step.ts'
import { toTags } from '../ec2-tags.ts'
import { templateTags } from '../launch-template.ts'
import { currentClaim } from './claim.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { everyOf, fromTags, ofCluster, refuseForeign } from './tagged.ts'
import { onceVisible, settle, until } from './wait.ts'

/** The launch templates of a cluster, each with the hash of the content of its newest version. */
export async function observeLaunchTemplates(aws: Aws, cluster: string): Promise<ActualTemplate[]> {
  const ec2 = await aws.ec2()
  const pages = ec2.paginateDescribeLaunchTemplates({ Filters: [ofCluster(cluster)] })
  const all = await everyOf(pages, page => page.LaunchTemplates)
  const others = [claimName(cluster), rollName(cluster)]
  const templates = all.filter(({ LaunchTemplateName = '' }) => !others.includes(LaunchTemplateName))
  return Promise.all(templates.map(template => withNewest(aws, template)))
}

async function withNewest(
  aws: Aws,
  { LaunchTemplateId = '', LaunchTemplateName = '', LatestVersionNumber = 0, Tags }: LaunchTemplate,
): Promise<ActualTemplate> {
  const newest = await describeNewest(aws, LaunchTemplateId)
  return {
    id: LaunchTemplateId,
    name: LaunchTemplateName,
    group: fromTags(Tags)[tag.group] ?? '',
    version: newest?.VersionNumber ?? LatestVersionNumber,
    hash: newest?.VersionDescription,
    securityGroupIds: newest?.LaunchTemplateData?.SecurityGroupIds ?? [],
  }
}

/**
 * Creates a launch template or its next version. Pools and seats are then started from that version.
 *
 * @returns the version
 */
export async function writeLaunchTemplate(
  aws: Aws,
  cluster: Cluster,
  step: StepOf<'launch template'>,
  data: RequestLaunchTemplateData,
): Promise<string> {
  if (step.action === 'update') return writeVersion(aws, step, data)
  const ec2 = await aws.ec2()
  const create = ec2.createLaunchTemplate(createRequest(cluster, step, data))
  // The unique name is a better guard than a client token, which would also return a deleted template.
  return unless(
    /AlreadyExistsException$/,
    create.then(() => '1'),
    () => adopt(aws, cluster, step, data),
  )
}

/** The request that creates a launch template. */
export function createRequest(
  cluster: Cluster,
  { name, hash, template }: StepOf<'launch template'>,
  LaunchTemplateData: RequestLaunchTemplateData,
): CreateLaunchTemplateCommandInput {
  const Tags = toTags(templateTags(cluster, name, template))
  return {
    LaunchTemplateName: name,
    VersionDescription: hash,
    LaunchTemplateData,
    TagSpecifications: [{ ResourceType: 'launch-template', Tags }],
  }
}

async function writeVersion(
  aws: Aws,
  { name, hash }: StepOf<'launch template'>,
  LaunchTemplateData: RequestLaunchTemplateData,
): Promise<string> {
  const ec2 = await aws.ec2()
  const version = { LaunchTemplateName: name, VersionDescription: hash, LaunchTemplateData }
  const { LaunchTemplateVersion } = await onceVisible(
    aws,
    `launch template ${name} to become visible in EC2`,
    error => /^InvalidLaunchTemplate.*NotFound/.test(error.name),
    () => ec2.createLaunchTemplateVersion(version),
  )
  return String(LaunchTemplateVersion?.VersionNumber)
}

/** Adopts the template of an interrupted run, whose content may differ. */
async function adopt(
  aws: Aws,
  cluster: Cluster,
  step: StepOf<'launch template'>,
  data: RequestLaunchTemplateData,
): Promise<string> {
  const ec2 = await aws.ec2()
  const { name } = step
  const found = await until(aws, `launch template ${name} to become visible`, settle, async () => {
    const Filters = [{ Name: 'launch-template-name', Values: [name] }]
    const pages = ec2.paginateDescribeLaunchTemplates({ Filters })
    const [template] = await everyOf(pages, page => page.LaunchTemplates)
    return template
  })
  refuseForeign(`launch template ${name}`, cluster.name, found.Tags)
  const newest = await describeNewest(aws, found.LaunchTemplateId ?? '')
  if (newest?.VersionDescription === step.hash) return String(newest.VersionNumber)
  // Another launch has just created the template from a different inventory.
  await currentClaim(aws, cluster, 1)
  return writeVersion(aws, step, data)
}

async function describeNewest(
  aws: Aws,
  LaunchTemplateId: string,
): Promise<LaunchTemplateVersion | undefined> {
  const ec2 = await aws.ec2()
  const query = { LaunchTemplateId, Versions: ['$Latest'] }
  // A template that was just deleted may still be listed, although its versions no longer exist.
  const describe = ec2.describeLaunchTemplateVersions(query)
  const { LaunchTemplateVersions = [] } = await unless(/^InvalidLaunchTemplate.*NotFound/, describe, () => ({
    LaunchTemplateVersions: [],
  }))
  return LaunchTemplateVersions[0]
}

/** Deletes a launch template with all its versions. */
export async function deleteLaunchTemplate(aws: Aws, LaunchTemplateId: string): Promise<void> {
  const ec2 = await aws.ec2()
  await unless(/NotFound/, ec2.deleteLaunchTemplate({ LaunchTemplateId }), () => undefined)
}
