import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ } from 'zx'
import { noAwsEnv } from './aws.ts'
import { cached, pinnedVersion } from './cache.ts'
import type { Ran } from './command.ts'

const packer = cached(`packer-${pinnedVersion('packer')}`)
const plugins = cached(
  `packer-plugins-${pinnedVersion('packer-plugin-amazon')}-${pinnedVersion('packer-plugin-docker')}`,
)
const bin = fileURLToPath(new URL('bin', import.meta.url))

/** Why Packer can't be run here, for a test to skip with; undefined when it can. */
export function packerMissing(): string | undefined {
  const missing = [packer, plugins].find(folder => !existsSync(folder))
  return missing && `${missing} is missing: run .ci/setup`
}

/** Runs Packer to its end, in an environment that `packerEnv` made. */
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
 * `env` with Packer, its plugins, and a `docker` that is podman. Packer keeps to itself: it asks nobody for newer
 * versions, and neither reads nor writes a person's own settings.
 */
export function packerEnv(env: NodeJS.ProcessEnv = noAwsEnv()): NodeJS.ProcessEnv {
  return {
    ...env,
    PATH: [packer, bin, env.PATH].join(delimiter),
    PACKER_PLUGIN_PATH: plugins,
    PACKER_CONFIG_DIR: cached('packer-config'),
    CHECKPOINT_DISABLE: '1',
    PACKER_NO_COLOR: '1',
  }
}
