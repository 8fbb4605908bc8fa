import { existsSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import type { Env } from '../programs/run-program.ts'
import { cacheFolder } from './bakery.ts'

/**
 * `env` with the Packer and the plugins that .ci/setup builds. Packer does not contact other hosts for updates, and
 * neither reads nor writes the user's own settings.
 */
export function toolsEnv(env: Env): NodeJS.ProcessEnv {
  const cached = (folder: string) => cacheFolder({ env }, folder)
  const docker = pinned('packer-plugin-docker')
  const all = cached(`packer-plugins-${pinned('packer-plugin-amazon')}-${docker}`)
  return {
    ...env,
    PATH: [cached(`packer-${pinned('packer')}`), env.PATH].join(delimiter),
    PACKER_PLUGIN_PATH: existsSync(all) ? all : cached(`packer-plugins-${docker}`),
    PACKER_CONFIG_DIR: cached('packer-config'),
    CHECKPOINT_DISABLE: '1',
    PACKER_NO_COLOR: '1',
  }
}

/** The version of a tool, from .ci/versions. */
function pinned(tool: string): string {
  const versions = readFileSync(new URL('../../.ci/versions', import.meta.url), 'utf8')
  return new RegExp(`^${tool} (\\S+)`, 'm').exec(versions)?.[1] ?? ''
}
