import type { Architecture, Cluster, Machine } from '../../cluster/cluster.ts'
import type { Image } from './facts.ts'

/** The SSM parameter under which a bake publishes an image. */
export function imageParameter(image: string, architecture: Architecture): string {
  return `/mesos-bakery/${image}/${architecture}`
}

/** How a plan names the image of an instance before the image is looked up. */
export function unseenImage({ image }: Pick<Cluster, 'image'>, { architecture }: Machine): Image {
  return {
    id: image.id ?? `ssm:${imageParameter(image.name, architecture)}`,
    rootDevice: '/dev/xvda',
    rootGb: 0,
  }
}
