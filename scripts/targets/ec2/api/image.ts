import { type Architecture, type Cluster, nodesOf } from '../../../cluster/cluster.ts'
import { Path } from '../../../inventory/problem-path.ts'
import type { Problem } from '../../../inventory/problems.ts'
import type { Image } from '../facts.ts'
import { imageParameter } from '../image.ts'
import type { Aws } from './connect.ts'

/** The images of a cluster by architecture, and the problems with them. */
export interface FoundImages {
  readonly images: ReadonlyMap<Architecture, Image>
  readonly problems: readonly Problem[]
}

/** Architectures by the names that EC2 uses. */
export const architectures: Readonly<Record<string, Architecture>> = { x86_64: 'amd64', arm64: 'arm64' }

/** Finds the image for every architecture in use: the given image, or the one that was published last. */
export async function findImages(aws: Aws, cluster: Cluster): Promise<FoundImages> {
  const used = [...new Set(nodesOf(cluster).map(({ machine }) => machine.architecture))]
  const ids = new Map<Architecture, string>()
  if (cluster.image.id !== undefined) for (const architecture of used) ids.set(architecture, cluster.image.id)
  else for (const [architecture, id] of await publishedImages(aws, cluster, used)) ids.set(architecture, id)

  const unpublished = used
    .filter(architecture => !ids.has(architecture))
    .map((architecture): Problem => {
      const message = `SSM parameter ${imageParameter(cluster.image.name, architecture)} not found in ${aws.region}`
      const help = 'bake the image, or specify one with --image ami-…'
      return { code: 'E052', path: Path.inInventory('image', 'name'), message, help }
    })
  const described = await describeImages(aws, [...ids.values()])
  const checked = [...ids].map(([architecture, id]) =>
    checkImage(architecture, id, described.get(id), cluster),
  )
  return {
    images: new Map(checked.flatMap(({ found }) => (found === undefined ? [] : [found]))),
    problems: [...unpublished, ...checked.flatMap(({ problems }) => problems)],
  }
}

async function publishedImages(aws: Aws, cluster: Cluster, used: readonly Architecture[]) {
  const ssm = await aws.ssm()
  const names = new Map(
    used.map(architecture => [imageParameter(cluster.image.name, architecture), architecture]),
  )
  const { Parameters = [] } = await ssm.getParameters({ Names: [...names.keys()] })
  return Parameters.flatMap(({ Name = '', Value = '' }): [Architecture, string][] => {
    const architecture = names.get(Name)
    return architecture === undefined ? [] : [[architecture, Value]]
  })
}

interface Described {
  readonly architecture: Architecture | undefined
  readonly state: string | undefined
  readonly rootDevice: string
  readonly rootGb: number
}

async function describeImages(aws: Aws, ids: readonly string[]): Promise<ReadonlyMap<string, Described>> {
  if (ids.length === 0) return new Map()
  const ec2 = await aws.ec2()
  const { Images = [] } = await ec2.describeImages({
    Filters: [{ Name: 'image-id', Values: [...new Set(ids)] }],
  })
  return new Map(
    Images.map(
      ({
        ImageId = '',
        Architecture = '',
        State,
        RootDeviceName = '/dev/xvda',
        BlockDeviceMappings = [],
      }) => {
        const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName)
        const rootGb = root?.Ebs?.VolumeSize ?? 0
        return [
          ImageId,
          { architecture: architectures[Architecture], state: State, rootDevice: RootDeviceName, rootGb },
        ]
      },
    ),
  )
}

function checkImage(architecture: Architecture, id: string, image: Described | undefined, cluster: Cluster) {
  const path = Path.inInventory('image', cluster.image.id === undefined ? 'name' : 'id')
  const trouble = imageTrouble(architecture, image, cluster)
  if (image === undefined || trouble !== undefined) {
    const { message = '', help = '' } = trouble ?? {}
    return { problems: [{ code: 'E052', path, message: `${id} ${message}`, help } as const] }
  }
  const { rootDevice, rootGb } = image
  const found: [Architecture, Image] = [architecture, { id, rootDevice, rootGb }]
  return { found, problems: tooSmall(architecture, found[1], cluster) }
}

/** Groups whose root volume is too small for the image. */
function tooSmall(architecture: Architecture, { id, rootGb }: Image, cluster: Cluster): readonly Problem[] {
  const nodes = nodesOf(cluster).filter(
    ({ machine }) => machine.architecture === architecture && machine.rootVolumeGb < rootGb,
  )
  return [...new Set(nodes.map(({ group }) => group))].map(group => ({
    code: 'E053',
    path: Path.inInventory('groups', group, 'root_volume_gb'),
    message: `is smaller than the ${rootGb} GiB of ${id}`,
    help: `use at least ${rootGb}`,
  }))
}

function imageTrouble(architecture: Architecture, image: Described | undefined, cluster: Cluster) {
  if (image === undefined)
    return {
      message: `not found in ${cluster.region}, or not shared with this account`,
      help: 'specify another image',
    }
  if (image.state !== 'available')
    return { message: `is ${image.state}, not available`, help: 'wait until it is, or specify another image' }
  if (image.architecture === architecture) return undefined
  const types = nodesOf(cluster).filter(({ machine }) => machine.architecture === architecture)
  const [type] = types.map(({ machine }) => machine.instanceType)
  return {
    message: `is for ${image.architecture}, but ${type} is ${architecture}`,
    help: 'specify another image or instance type',
  }
}
