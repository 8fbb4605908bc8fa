import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { $ } from 'zx'
import type { Ran } from './command.ts'
import { runProgram } from './programs.ts'

/** The Debian 12 image that `.ci/base-image` builds. It boots, and cloud-init runs in it. */
export const BASE_IMAGE = 'localhost/mesos-bakery-base:12'

/** An environment with which Podman can run containers on the machines that we know. */
export const podmanEnv = { CONTAINERS_CONF: fileURLToPath(new URL('containers.conf', import.meta.url)) }

const recipe = fileURLToPath(new URL('../../.ci/base-image', import.meta.url))

/** Why no container can be run here, used to skip a test. Undefined if containers can be run. */
export function podmanMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'podman can run machines as root only'
  const label = '{{index .Labels "mesos-bakery.recipe"}}'
  const { code, output } = runProgram('podman', ['image', 'inspect', '--format', label, BASE_IMAGE])
  const wanted = createHash('sha256').update(readFileSync(recipe)).digest('hex').slice(0, 12)
  if (code === 0 && output.trim() === wanted) return
  return `podman or the image ${BASE_IMAGE} is missing; run npm run setup`
}

/** Runs Podman and throws with its output if it fails. */
export async function podman(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await tryPodman(...args)
  if (code !== 0) throw new Error(`podman ${args.join(' ')}: ${stderr.trim() || `code ${code}`}`)
  return stdout.trim()
}

/** Runs Podman and returns the result, even if it fails. */
export async function tryPodman(...args: string[]): Promise<Ran> {
  const env = { ...process.env, ...podmanEnv }
  const done = await $({ env, nothrow: true, quiet: true, stdio: ['ignore', 'pipe', 'pipe'] })`podman ${args}`
  return { code: done.exitCode ?? -1, stdout: done.stdout, stderr: done.stderr }
}
