import type { Architecture, Cluster, Machine } from '../../cluster/cluster.ts'
import type { Image } from './facts.ts'

/** The SSM parameter under which a bake publishes an image. */
export function imageParameter(image: string, architecture: Architecture): string {
  return `/mesos-bakery/${image}/${architecture}`
}

/** The image of a machine as a plan names it before it was looked up. */
export function unseenImage({ image }: Pick<Cluster, 'image'>, { architecture }: Machine): Image {
  return {
    id: image.id ?? `ssm:${imageParameter(image.name, architecture)}`,
    rootDevice: '/dev/xvda',
    rootGb: 0,
  }
}
