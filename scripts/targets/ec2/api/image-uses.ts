import type { ImageUse } from '../baked-image.ts'
import type { Aws } from './connect.ts'
import { groupUses } from './group-image-uses.ts'
import { everyOf } from './tagged.ts'

/** What uses each image in the region of `aws`: machines, and what new machines are started from. */
export async function observeUses(aws: Aws, images: readonly string[]): Promise<readonly ImageUse[]> {
  const uses = await Promise.all([instanceUses(aws, images), templateUses(aws), groupUses(aws)])
  return uses.flat()
}

// EC2 takes 200 values in a filter.
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

/** The newest and the default version of every launch template, which are those that are started from unasked. */
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
