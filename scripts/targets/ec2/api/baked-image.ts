import type { Filter, Image } from '@aws-sdk/client-ec2'
import type { Parameter } from '@aws-sdk/client-ssm'
import type { Architecture } from '../../../cluster/cluster.ts'
import { imageTag } from '../../../cluster/tags.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import type { BakedImage, BaseImage, Published } from '../baked-image.ts'
import { toTags } from '../ec2-tags.ts'
import { imageParameter } from '../image.ts'
import type { Aws } from './connect.ts'
import { architectures } from './image.ts'
import { everyOf, fromTags } from './tagged.ts'
import { until } from './wait.ts'

// The account of Debian. Source: https://wiki.debian.org/Cloud/AmazonEC2Image/Bookworm
const debian = '136693071363'

/**
 * The images of this account that bakes have created. With a name, also includes images with that name that are not
 * ours, because the name is taken.
 */
export async function observeBakedImages(aws: Aws, name?: string): Promise<readonly BakedImage[]> {
  const filter =
    name === undefined
      ? { Name: 'tag-key', Values: [imageTag.fingerprint] }
      : { Name: 'name', Values: [`${name}-amd64-*`, `${name}-arm64-*`] }
  const images = await describe(aws, ['self'], [filter])
  return images.map(image => toBaked(aws.region, image))
}

function toBaked(region: string, image: Image): BakedImage {
  const tags = fromTags(image.Tags)
  return {
    id: image.ImageId ?? '',
    region,
    title: image.Name ?? '',
    name: tags[imageTag.name] ?? '',
    architecture: architectures[image.Architecture ?? ''],
    fingerprint: tags[imageTag.fingerprint] ?? '',
    run: tags[imageTag.run] ?? '',
    proven: tags[imageTag.proven] !== undefined,
    available: image.State === 'available',
    created: image.CreationDate ?? '',
    deprecated: image.DeprecationTime ?? '',
    snapshots: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  }
}

/** The given base image, or the newest Debian 12 image published by Debian. Undefined if there is none. */
export async function findBase(
  aws: Aws,
  architecture: Architecture,
  given: string | undefined,
): Promise<BaseImage | undefined> {
  const byName = [
    { Name: 'name', Values: [`debian-12-${architecture}-*`] },
    { Name: 'state', Values: ['available'] },
  ]
  const images =
    given === undefined
      ? await describe(aws, [debian], byName)
      : await describe(aws, undefined, [{ Name: 'image-id', Values: [given] }])
  const newest = [...images].sort((a, b) => (a.CreationDate ?? '').localeCompare(b.CreationDate ?? '')).at(-1)
  if (newest === undefined || architectures[newest.Architecture ?? ''] !== architecture) return undefined
  const { ImageId: id = '', Name: name = '', RootDeviceName: rootDevice = '/dev/xvda' } = newest
  return { id, name, architecture, rootDevice }
}

async function describe(aws: Aws, Owners: string[] | undefined, Filters: Filter[]): Promise<Image[]> {
  const ec2 = await aws.ec2()
  return everyOf(ec2.paginateDescribeImages({ Owners, Filters }), page => page.Images)
}

const copyTimeout = 3_600_000

/** Copies an image to the region of `aws`, encrypted and with its tags, and waits until it is available. */
export async function copyImage(aws: Aws, source: BakedImage, run: string): Promise<string> {
  const { id, region, title, deprecated } = source
  const ec2 = await aws.ec2()
  const { ImageId = '' } = await ec2.copyImage({
    SourceImageId: id,
    SourceRegion: region,
    Name: title,
    Encrypted: true,
    ClientToken: `${run}-${region}-${id}`.slice(0, 64),
    CopyImageTags: true,
    TagSpecifications: [{ ResourceType: 'snapshot', Tags: toTags({ [imageTag.run]: run }) }],
  })
  await until(aws, `${ImageId}, a copy of ${id}, to be available in ${aws.region}`, copyTimeout, async () => {
    const [image] = await describe(aws, ['self'], [{ Name: 'image-id', Values: [ImageId] }])
    if (image?.State === 'failed') {
      const message = `EC2 could not copy it to ${aws.region}: ${image.StateReason?.Message}`
      throw new Refused([{ path: Path.outside(id), message }])
    }
    return image?.State === 'available' ? true : undefined
  })
  // Deprecation is not copied with an image (EC2 user guide, "Deprecate an Amazon EC2 AMI").
  if (deprecated !== '') await ec2.enableImageDeprecation({ ImageId, DeprecateAt: new Date(deprecated) })
  return ImageId
}

/** Tags an image and its snapshots as the result of a bake that completed. */
export async function proveImage(aws: Aws, id: string, when: string): Promise<void> {
  const ec2 = await aws.ec2()
  const images = await describe(aws, ['self'], [{ Name: 'image-id', Values: [id] }])
  const snapshots = images.flatMap(image => toBaked(aws.region, image).snapshots)
  await ec2.createTags({ Resources: [id, ...snapshots], Tags: toTags({ [imageTag.proven]: when }) })
}

/** The SSM parameters for the images with a given name, in the region of `aws`. */
export async function observePublished(
  aws: Aws,
  name: string,
  used: readonly Architecture[],
): Promise<readonly Published[]> {
  const ssm = await aws.ssm()
  const Names = used.map(architecture => imageParameter(name, architecture))
  const { Parameters = [] } = await ssm.getParameters({ Names })
  return Parameters.map(parameter => toPublished(aws, parameter))
}

/** Every image published in SSM under /mesos-bakery, in the region of `aws`. */
export async function observeAllPublished(aws: Aws): Promise<readonly Published[]> {
  const ssm = await aws.ssm()
  const parameters = await everyOf(
    ssm.paginateGetParametersByPath({ Path: '/mesos-bakery/', Recursive: true }),
    page => page.Parameters,
  )
  return parameters.map(parameter => toPublished(aws, parameter))
}

function toPublished({ region }: Aws, { Name: parameter = '', Value: image = '' }: Parameter): Published {
  return { region, parameter, image }
}

/** Publishes an image, so that launches use it from now on. */
export async function publish(aws: Aws, parameter: string, image: string, says: string): Promise<void> {
  const ssm = await aws.ssm()
  await ssm.putParameter({
    Name: parameter,
    Value: image,
    Description: says,
    Type: 'String',
    Overwrite: true,
  })
}
