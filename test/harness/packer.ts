import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ } from 'zx'
import { noAwsEnv } from './aws.ts'
import { cached, pinnedVersion } from './cache.ts'
import type { Ran } from './command.ts'

const packer = cached(`packer-${pinnedVersion('packer')}`)
const docker = pinnedVersion('packer-plugin-docker')
const allPlugins = cached(`packer-plugins-${pinnedVersion('packer-plugin-amazon')}-${docker}`)
/** Here, a script replaces the amazon plugin, which is sufficient to bake containers. */
export const containerPlugins = cached(`packer-plugins-${docker}`)
const bin = fileURLToPath(new URL('bin', import.meta.url))

/** Why Packer cannot be run here, used to skip a test. Undefined if it can. */
export function packerMissing(): string | undefined {
  const missing = missingOf(packer, allPlugins, containerPlugins)
  return missing && `${missing} is missing: run .ci/setup`
}

/** Why Packer cannot bake containers here, which requires less. Undefined if it can. */
export function containerPackerMissing(): string | undefined {
  const missing = missingOf(packer, plugins())
  return missing && `${missing} is missing: run npm run setup`
}

function missingOf(...folders: readonly string[]): string | undefined {
  return folders.find(folder => !existsSync(folder))
}

function plugins(): string {
  return existsSync(allPlugins) ? allPlugins : containerPlugins
}

/** Runs Packer in an environment from `packerEnv`. */
export async function runPacker(args: readonly string[], env = packerEnv()): Promise<Ran> {
  const options = {
    env,
    nothrow: true,
    quiet: true,
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  }
  const done = await $(options)`packer ${[...args]}`
  return { code: done.exitCode ?? -1, stdout: done.stdout, stderr: done.stderr }
}

/**
 * `env` with Packer, its plugins, and a `docker` that is Podman. Packer does not check for new versions, and neither
 * reads nor writes the user's own settings.
 */
export function packerEnv(
  env: NodeJS.ProcessEnv = noAwsEnv(),
  pluginPath: string = plugins(),
): NodeJS.ProcessEnv {
  return {
    ...env,
    PATH: [packer, bin, env.PATH].join(delimiter),
    PACKER_PLUGIN_PATH: pluginPath,
    PACKER_CONFIG_DIR: cached('packer-config'),
    CHECKPOINT_DISABLE: '1',
    PACKER_NO_COLOR: '1',
  }
}
