import type { Architecture, Cluster } from '../cluster/cluster.ts'
import { imageTag } from '../cluster/tags.ts'
import type { BaseImage } from '../targets/ec2/baked-image.ts'
import type { Ingredients } from './fingerprint.ts'

/** The variables of packer/variables.pkr.hcl. */
export interface PackerVariables {
  readonly name: string
  readonly fingerprint: string
  readonly version: string
  readonly architecture: Architecture
  readonly cgroups: 'v1' | 'v2'
  readonly artifacts: readonly {
    readonly name: string
    readonly kind: string
    readonly file: string
    readonly sha256: string
    readonly version: string
  }[]
  readonly packages_file: string
  /** The name of the AMI. */
  readonly title: string
  readonly region: string
  readonly source_ami: string
  readonly root_device: string
  readonly instance_type: string
  readonly subnet_id: string
  readonly copy_regions: readonly string[]
  readonly deprecate_at: string
  readonly tags: Readonly<Record<string, string>>
  readonly run_tags: Readonly<Record<string, string>>
  readonly container_base: string
  readonly container_tags: readonly string[]
}

/** The variables that are the same for all targets. */
function commonVariables(
  { name, version, architecture, cgroups, artifacts }: Ingredients,
  files: ReadonlyMap<string, string>,
): Pick<PackerVariables, 'name' | 'version' | 'architecture' | 'cgroups' | 'artifacts'> {
  return {
    name,
    version,
    architecture,
    cgroups,
    artifacts: artifacts.map(({ name, kind, sha256, version }) => {
      return { name, kind, file: files.get(sha256) ?? '', sha256, version }
    }),
  }
}

/** Empty values for the container variables, which the build of an AMI does not use. */
const noContainer = { container_base: '', container_tags: [] } as const

/** The settings of the build of an AMI, in addition to its ingredients. */
export interface MachineBuild {
  readonly cluster: Cluster
  readonly base: BaseImage
  /** The name of the AMI. */
  readonly title: string
  /** The region of the build, followed by the regions that get copies. */
  readonly regions: readonly string[]
  /** The name of the run, used to tag every temporary resource. */
  readonly run: string
  readonly packagesFile: string
  /** `2028-11-24T00:00:00Z`. */
  readonly deprecateAt: string
}

/** The variables for the build of an AMI. */
export function machineVariables(
  ingredients: Ingredients,
  fingerprint: string,
  files: ReadonlyMap<string, string>,
  { cluster, base, title, regions, run, packagesFile, deprecateAt }: MachineBuild,
): PackerVariables {
  const { image, tags } = cluster
  const [region = '', ...copies] = regions
  const ours = {
    [imageTag.name]: ingredients.name,
    [imageTag.fingerprint]: fingerprint,
    [imageTag.version]: ingredients.version,
    [imageTag.base]: base.id,
    [imageTag.run]: run,
  }
  return {
    ...commonVariables(ingredients, files),
    ...noContainer,
    fingerprint,
    packages_file: packagesFile,
    title,
    region,
    source_ami: base.id,
    root_device: base.rootDevice,
    instance_type: image.instance_types?.[ingredients.architecture] ?? defaultTypes[ingredients.architecture],
    subnet_id: image.subnet ?? '',
    copy_regions: copies,
    deprecate_at: deprecateAt,
    tags: { ...tags, Name: title, ...ours },
    run_tags: { ...tags, [imageTag.run]: run },
  }
}

const defaultTypes = { amd64: 'm6i.large', arm64: 'm6g.large' } as const

/** Empty values for the AMI variables, which the build of a container image does not use. */
const noMachine = {
  title: '',
  region: '',
  source_ami: '',
  root_device: '/dev/xvda',
  instance_type: '',
  subnet_id: '',
  copy_regions: [],
  deprecate_at: '',
  tags: {},
} as const

/** The variables for the build of a container image. */
export function containerVariables(
  ingredients: Ingredients,
  fingerprint: string,
  files: ReadonlyMap<string, string>,
  image: { readonly base: string; readonly tags: readonly string[]; readonly packagesFile: string },
): PackerVariables {
  return {
    ...commonVariables(ingredients, files),
    ...noMachine,
    fingerprint,
    packages_file: image.packagesFile,
    run_tags: {},
    container_base: image.base,
    container_tags: image.tags,
  }
}
