import type { AutoScalingGroup, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling'
import type { ImageUse } from '../baked-image.ts'
import type { Aws } from './connect.ts'
import { unless } from './errors.ts'
import { everyOf } from './tagged.ts'

/** What uses each image in the region of `aws`: instances, and whatever new instances are started from. */
export async function observeUses(aws: Aws, images: readonly string[]): Promise<readonly ImageUse[]> {
  const uses = await Promise.all([instanceUses(aws, images), templateUses(aws), groupUses(aws)])
  return uses.flat()
}

// EC2 accepts at most 200 values in a filter.
const most = 200

async function instanceUses(aws: Aws, images: readonly string[]): Promise<readonly ImageUse[]> {
  const ec2 = await aws.ec2()
  const uses: ImageUse[] = []
  for (let first = 0; first < images.length; first += most) {
    const Filters = [{ Name: 'image-id', Values: images.slice(first, first + most) }]
    const reservations = await everyOf(
      ec2.paginateDescribeInstances({ Filters, MaxResults: 1_000 }),
      page => page.Reservations,
    )
    for (const { InstanceId, ImageId = '', State } of reservations.flatMap(
      ({ Instances = [] }) => Instances,
    )) {
      if (State?.Name !== 'terminated') uses.push({ image: ImageId, by: `instance ${InstanceId}` })
    }
  }
  return uses
}

/** The newest and the default version of every launch template, which are the ones used by default. */
async function templateUses(aws: Aws): Promise<readonly ImageUse[]> {
  const ec2 = await aws.ec2()
  const versions = await everyOf(
    ec2.paginateDescribeLaunchTemplateVersions({ Versions: ['$Latest', '$Default'] }),
    page => page.LaunchTemplateVersions,
  )
  return versions.flatMap(({ LaunchTemplateName, VersionNumber, LaunchTemplateData }) => {
    const image = LaunchTemplateData?.ImageId
    const by = `launch template ${LaunchTemplateName} ${VersionNumber}`
    return image === undefined ? [] : [{ image, by }]
  })
}

/**
 * The images that Auto Scaling groups use for their next instances, if these differ from the images of the newest and
 * the default version of a launch template: a group may be pinned to an older version or have a launch configuration.
 */
async function groupUses(aws: Aws): Promise<readonly ImageUse[]> {
  const autoScaling = await aws.autoScaling()
  const groups = await everyOf(
    autoScaling.paginateDescribeAutoScalingGroups({ MaxRecords: 100 }),
    page => page.AutoScalingGroups,
  )
  const pins = groups.flatMap(pinsOf)
  const templates = new Map(pins.map(({ template }) => [keyOf(template), template]))
  const [images, configurations] = await Promise.all([
    Promise.all([...templates].map(async ([key, template]) => [key, await imageOf(aws, template)] as const)),
    configurationUses(aws, groups),
  ])
  const byTemplate = new Map(images)
  const pinned = pins.flatMap(({ group, template }) => {
    const image = byTemplate.get(keyOf(template))
    return image === undefined ? [] : [{ image, by: `Auto Scaling group ${group}` }]
  })
  return [...pinned, ...configurations]
}

interface Pin {
  readonly group: string
  readonly template: LaunchTemplateSpecification
}

/** A group with mixed instance types may have a launch template for each type. */
function pinsOf({
  AutoScalingGroupName = '',
  LaunchTemplate,
  MixedInstancesPolicy,
}: AutoScalingGroup): Pin[] {
  const { LaunchTemplateSpecification, Overrides = [] } = MixedInstancesPolicy?.LaunchTemplate ?? {}
  const all = [
    LaunchTemplate,
    LaunchTemplateSpecification,
    ...Overrides.map(one => one.LaunchTemplateSpecification),
  ]
  return all
    .filter(template => template !== undefined)
    .filter(({ Version = '' }) => /^\d+$/.test(Version))
    .map(template => ({ group: AutoScalingGroupName, template }))
}

function keyOf({ LaunchTemplateId, LaunchTemplateName, Version }: LaunchTemplateSpecification): string {
  return `${LaunchTemplateId ?? LaunchTemplateName} ${Version}`
}

/** Undefined if the version has been deleted: no instance can be started from it. */
async function imageOf(
  aws: Aws,
  { LaunchTemplateId, LaunchTemplateName, Version = '' }: LaunchTemplateSpecification,
): Promise<string | undefined> {
  const ec2 = await aws.ec2()
  const named = LaunchTemplateId === undefined ? { LaunchTemplateName } : { LaunchTemplateId }
  const asked = ec2.describeLaunchTemplateVersions({ ...named, Versions: [Version] })
  const gone = /^InvalidLaunchTemplate(Id|Name)\./
  const { LaunchTemplateVersions = [] } = await unless(gone, asked, () => ({ LaunchTemplateVersions: [] }))
  return LaunchTemplateVersions[0]?.LaunchTemplateData?.ImageId
}

// Auto Scaling accepts at most 50 names in a call.
const mostNames = 50

/** Launch configurations are the predecessors of launch templates. Old accounts still have them. */
async function configurationUses(
  aws: Aws,
  groups: readonly AutoScalingGroup[],
): Promise<readonly ImageUse[]> {
  const named = groups.filter(({ LaunchConfigurationName = '' }) => LaunchConfigurationName !== '')
  const autoScaling = await aws.autoScaling()
  const images = new Map<string, string>()
  for (let first = 0; first < named.length; first += mostNames) {
    const LaunchConfigurationNames = named
      .slice(first, first + mostNames)
      .map(({ LaunchConfigurationName = '' }) => LaunchConfigurationName)
    const page = await autoScaling.describeLaunchConfigurations({ LaunchConfigurationNames })
    for (const { LaunchConfigurationName = '', ImageId = '' } of page.LaunchConfigurations ?? [])
      images.set(LaunchConfigurationName, ImageId)
  }
  return named.flatMap(({ AutoScalingGroupName, LaunchConfigurationName = '' }) => {
    const image = images.get(LaunchConfigurationName)
    return image === undefined ? [] : [{ image, by: `Auto Scaling group ${AutoScalingGroupName}` }]
  })
}
