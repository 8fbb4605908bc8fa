import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ProviderDouble } from '../doubles/terraform-provider.ts'
import { cached, pinnedVersion } from './cache.ts'

/** Terraform or OpenTofu: from the PATH, or as built by .ci/setup. Undefined if neither is available. */
export function terraformProgram(): string | undefined {
  const built = join(cached(`opentofu-${pinnedVersion('opentofu')}`), 'tofu')
  const present = ['terraform', 'tofu'].find(
    name => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
  )
  return present ?? (existsSync(built) ? built : undefined)
}

export const terraformMissing =
  terraformProgram() === undefined ? 'neither terraform nor tofu is here; run .ci/setup' : undefined

/** Runs it without the user's settings and without checking for new versions. */
export function terraform(folder: string, ...args: readonly string[]): string {
  const how = { cwd: folder, env: cleanEnv(folder), encoding: 'utf8', maxBuffer: 1e9, stdio: 'pipe' } as const
  return execFileSync(terraformProgram() ?? 'terraform', [...args], how)
}

/**
 * The plan of Terraform for a configuration. This process keeps running during the plan, because it may contain the
 * providers.
 *
 * @param providers the providers to use, by their addresses
 */
export async function planned(
  folder: string,
  providers: Readonly<Record<string, ProviderDouble>>,
  vars: Readonly<Record<string, string>> = {},
): Promise<Planned> {
  const reattach = Object.entries(providers).map(([name, { reattach }]) => [name, reattach])
  const env = {
    ...cleanEnv(folder),
    TF_REATTACH_PROVIDERS: JSON.stringify(Object.fromEntries(reattach)),
    ...Object.fromEntries(Object.entries(vars).map(([name, value]) => [`TF_VAR_${name}`, value])),
  }
  const program = terraformProgram() ?? 'terraform'
  const tell = async (...args: string[]) =>
    (await promisify(execFile)(program, args, { cwd: folder, env, maxBuffer: 1e9 })).stdout
  await tell('init', '-input=false', '-no-color')
  await tell('plan', '-input=false', '-no-color', '-out=plan')
  return JSON.parse(await tell('show', '-json', 'plan')).planned_values
}

export interface Planned {
  readonly outputs?: Record<string, { readonly value: unknown }>
  readonly root_module: {
    readonly resources: readonly {
      readonly type: string
      readonly index?: string
      readonly values: Record<string, unknown>
    }[]
  }
}

function cleanEnv(folder: string) {
  return { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' }
}

/** The outputs of the configuration in a directory, as planned. */
export function plannedOutputs(folder: string): Record<string, { readonly value: unknown }> {
  terraform(folder, 'init', '-input=false', '-no-color')
  terraform(folder, 'plan', '-input=false', '-no-color', '-out=plan')
  return JSON.parse(terraform(folder, 'show', '-json', 'plan')).planned_values.outputs
}
