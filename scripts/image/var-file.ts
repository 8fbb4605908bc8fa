import type { Architecture } from '../cluster/cluster.ts'
import type { Ingredients } from './fingerprint.ts'

/** The values of packer/variables.pkr.hcl, by their names. */
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
  /** What EC2 will call the image. */
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

/** What is the same for all targets. */
export function commonVariables(
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

/** What a container build doesn't need of the variables of a machine. */
export const noMachine = {
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

/** What the build of a machine doesn't need of the variables of a container. */
export const noContainer = { container_base: '', container_tags: [] } as const
