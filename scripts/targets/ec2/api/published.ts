import type { Architecture } from '../../../cluster/cluster.ts'
import type { Published } from '../baked-image.ts'
import { imageParameter } from '../image.ts'
import type { Aws } from './connect.ts'

/** What SSM says of the images of one name, in the region of `aws`. */
export async function observePublished(
  aws: Aws,
  name: string,
  architectures: readonly Architecture[],
): Promise<readonly Published[]> {
  const ssm = await aws.ssm()
  const Names = architectures.map(architecture => imageParameter(name, architecture))
  const { Parameters = [] } = await ssm.getParameters({ Names })
  return Parameters.map(({ Name: parameter = '', Value: image = '' }) => ({
    region: aws.region,
    parameter,
    image,
  }))
}

/** Every image that SSM names under /mesos-bakery, in the region of `aws`. */
export async function observeAllPublished(aws: Aws): Promise<readonly Published[]> {
  const ssm = await aws.ssm()
  const found: Published[] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await ssm.getParametersByPath({ Path: '/mesos-bakery/', Recursive: true, NextToken })
    for (const { Name: parameter = '', Value: image = '' } of page.Parameters ?? []) {
      found.push({ region: aws.region, parameter, image })
    }
    NextToken = page.NextToken
    if (NextToken === undefined) return found
  }
}

/** Publishes an image: from now on a launch starts from it. */
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
