import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ } from 'zx'
import { artifactsWithVersions } from '../doubles/packages.ts'
import { noAwsEnv } from './aws.ts'
import { cached } from './cache.ts'
import { consulMissing } from './consul.ts'
import { containerPackerMissing, packerEnv } from './packer.ts'
import { BASE_IMAGE, podmanEnv, podmanMissing, tryPodman } from './podman.ts'

/** The images of earlier days, which nothing that is still here is made of. */
const outdated = (name: string) => ['--filter', `label=mesos-bakery.image=${name}`, '--filter', 'until=24h']

/** Why no image can be baked here, for a test to skip with; undefined when one can. */
export function bakedMissing(): string | undefined {
  return containerPackerMissing() ?? podmanMissing() ?? consulMissing()
}

/**
 * The image that tests boot: the stand-ins for Mesos and Marathon, and the real rest. It is baked by the first test
 * that asks, in less than a minute, and kept until something that goes into it changes.
 *
 * @returns its name, for podman
 */
export async function bakedImage(packages: Packages = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-baked-'))
  try {
    const inventory = join(folder, 'inventory.yaml')
    await writeFile(inventory, await inventoryText(packages))
    // Only one at a time: the others find the image that the first has made.
    const bake = [
      '--import',
      'tsx',
      'scripts/bake.ts',
      '--target',
      'local',
      '--inventory',
      inventory,
      '--json',
    ]
    const env = { ...packerEnv(noAwsEnv()), ...podmanEnv, NODE_ENV: 'production' }
    const done = await $({ env, nothrow: true, quiet: true })`flock ${cached('baked.lock')} node ${bake}`
    if (done.exitCode !== 0) throw new Error(`the image can't be baked: ${done.stderr}`)
    const { reference, baked } = JSON.parse(done.stdout)
    const name = /([^/:]+):[^:]+$/.exec(reference)?.[1] ?? 'tests'
    if (baked) await tryPodman('image', 'prune', '--all', '--force', ...outdated(name))
    return reference
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The artifacts of such an image, as Packer's variable has them. */
export async function artifactsToBake() {
  return (await artifactsWithVersions()).map(({ url, ...others }) => ({
    ...others,
    file: fileURLToPath(url),
  }))
}

/** What an image is baked from, where it isn't everything. */
export interface Packages {
  readonly marathon?: boolean
  /** Whether libmesos has Java bindings. */
  readonly java?: boolean
}

/** What an inventory has under `image` to ask for the image that tests boot. */
export async function bakedSettings({ marathon = true, java = true }: Packages = {}): Promise<object> {
  const artifacts = (await artifactsWithVersions(java ? {} : { java })).filter(
    ({ name }) => marathon || name !== 'marathon',
  )
  const name = `tests${marathon ? '' : '-no-marathon'}${java ? '' : '-no-java'}`
  return { name, container_base: BASE_IMAGE, artifacts }
}

/** YAML takes JSON as it is. */
async function inventoryText(packages: Packages): Promise<string> {
  return JSON.stringify({
    cluster: 'baked',
    region: 'us-east-1',
    image: await bakedSettings(packages),
    groups: { all: { vars: { mesos_mode: 'mixed' }, count: 1, subnets: ['subnet-a'] } },
  })
}
