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

/** Images of earlier test runs that no existing container uses. */
const outdated = (name: string) => ['--filter', `label=mesos-bakery.image=${name}`, '--filter', 'until=24h']

/** Why no image can be baked here, used to skip a test. Undefined if images can be baked. */
export function bakedMissing(): string | undefined {
  return containerPackerMissing() ?? podmanMissing() ?? consulMissing()
}

/**
 * The image that tests boot: with stand-ins for Mesos and Marathon, and otherwise real software. The first test that
 * needs it bakes it, in less than a minute. It is kept until its ingredients change.
 *
 * @returns its name, for Podman
 */
export async function bakedImage(packages: Packages = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-baked-'))
  try {
    const inventory = join(folder, 'inventory.yaml')
    await writeFile(inventory, await inventoryText(packages))
    // One test at a time: the others find the image that the first one baked.
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
    if (done.exitCode !== 0) throw new Error(`the image cannot be baked: ${done.stderr}`)
    const { reference, baked } = JSON.parse(done.stdout)
    const name = /([^/:]+):[^:]+$/.exec(reference)?.[1] ?? 'tests'
    if (baked) await tryPodman('image', 'prune', '--all', '--force', ...outdated(name))
    return reference
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The artifacts of such an image, in the format of the Packer variable. */
export async function artifactsToBake() {
  return (await artifactsWithVersions()).map(({ url, ...others }) => ({
    ...others,
    file: fileURLToPath(url),
  }))
}

/** The packages of an image, if it does not contain all of them. */
export interface Packages {
  readonly marathon?: boolean
  /** Whether libmesos has Java bindings. */
  readonly java?: boolean
}

/** The `image` section of an inventory for the image that tests boot. */
export async function bakedSettings({ marathon = true, java = true }: Packages = {}): Promise<object> {
  const artifacts = (await artifactsWithVersions(java ? {} : { java })).filter(
    ({ name }) => marathon || name !== 'marathon',
  )
  const name = `tests${marathon ? '' : '-no-marathon'}${java ? '' : '-no-java'}`
  return { name, container_base: BASE_IMAGE, artifacts }
}

/** JSON is valid YAML. */
async function inventoryText(packages: Packages): Promise<string> {
  return JSON.stringify({
    cluster: 'baked',
    region: 'us-east-1',
    image: await bakedSettings(packages),
    groups: { all: { vars: { mesos_mode: 'mixed' }, count: 1, subnets: ['subnet-a'] } },
  })
}
