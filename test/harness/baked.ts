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
export async function bakedImage(packages: Packages = 'all'): Promise<string> {
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

/** Which packages an image contains. Without Marathon, its Mesos has no Java bindings either, like builds of clusterd. */
export type Packages = 'all' | 'without Marathon'

/** The `image` section of an inventory for the image that tests boot. */
export async function bakedSettings(packages: Packages = 'all'): Promise<object> {
  const base = { container_base: BASE_IMAGE }
  if (packages === 'all') return { ...base, name: 'tests', artifacts: await artifactsWithVersions() }
  const artifacts = (await artifactsWithVersions({ java: false })).filter(({ name }) => name !== 'marathon')
  return { ...base, name: 'tests-no-marathon', artifacts }
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
