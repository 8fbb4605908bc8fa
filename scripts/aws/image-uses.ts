import type { ImageUse } from '../plan/baked-images.ts'
import type { Aws } from './connect.ts'
import { groupUses } from './group-image-uses.ts'

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
    for (let NextToken: string | undefined; ; ) {
      const page = await ec2.describeInstances({ Filters, MaxResults: 1_000, NextToken })
      for (const { InstanceId, ImageId = '', State } of (page.Reservations ?? []).flatMap(
        ({ Instances = [] }) => Instances,
      )) {
        if (State?.Name !== 'terminated') uses.push({ image: ImageId, by: `instance ${InstanceId}` })
      }
      NextToken = page.NextToken
      if (NextToken === undefined) break
    }
  }
  return uses
}

/** The newest and the default version of every launch template, which are those that are started from unasked. */
async function templateUses(aws: Aws): Promise<readonly ImageUse[]> {
  const ec2 = await aws.ec2()
  const uses: ImageUse[] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await ec2.describeLaunchTemplateVersions({
      Versions: ['$Latest', '$Default'],
      ...(NextToken !== undefined && { NextToken }),
    })
    for (const { LaunchTemplateName, VersionNumber, LaunchTemplateData } of page.LaunchTemplateVersions ??
      []) {
      const image = LaunchTemplateData?.ImageId
      if (image !== undefined)
        uses.push({ image, by: `launch template ${LaunchTemplateName} ${VersionNumber}` })
    }
    NextToken = page.NextToken
    if (NextToken === undefined) return uses
  }
}
