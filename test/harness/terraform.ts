import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cached, pinnedVersion } from './cache.ts'

/** Terraform or OpenTofu: the one on the PATH, or the one that .ci/setup has built; undefined without both. */
function terraformProgram(): string | undefined {
  const built = join(cached(`opentofu-${pinnedVersion('opentofu')}`), 'tofu')
  const present = ['terraform', 'tofu'].find(
    name => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
  )
  return present ?? (existsSync(built) ? built : undefined)
}

export const terraformMissing =
  terraformProgram() === undefined ? 'neither terraform nor tofu is here; run .ci/setup' : undefined

/** Runs it with nobody's settings, and without asking anybody for news. */
export function terraform(folder: string, ...args: readonly string[]): string {
  const env = { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' }
  const how = { cwd: folder, env, encoding: 'utf8', maxBuffer: 1e9, stdio: 'pipe' } as const
  return execFileSync(terraformProgram() ?? 'terraform', [...args], how)
}

/** The outputs of the configuration in a folder, as a plan finds them. */
export function plannedOutputs(folder: string): Record<string, { readonly value: unknown }> {
  terraform(folder, 'init', '-input=false', '-no-color')
  terraform(folder, 'plan', '-input=false', '-no-color', '-out=plan')
  return JSON.parse(terraform(folder, 'show', '-json', 'plan')).planned_values.outputs
}
