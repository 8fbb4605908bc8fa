import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { $ } from 'zx'
import type { Cluster } from '../cluster/cluster.ts'
import type { Artifact } from '../inventory/image-settings.ts'
import { Stopped } from '../inventory/problems.ts'
import type { Env } from '../programs/run-program.ts'
import { cacheFolder } from './bakery.ts'

const clone = fileURLToPath(new URL('../../', import.meta.url))
const program = 'test/doubles/make-packages.ts'

/** Shown in every view of a cluster that runs stand-ins. */
export const standInNotice = 'Mesos and Marathon are stand-ins.'

/** The name of images with stand-ins. It identifies containers that run stand-ins. */
const image = 'stand-ins'
const base = 'localhost/mesos-bakery-base:12'

/** The directory for the packages of stand-ins. */
export function standInFolder(env: Env): string {
  return cacheFolder({ env }, 'stand-ins')
}

/** Whether an image contains stand-ins, by its reference: `localhost/mesos-bakery/stand-ins:…`. */
export function hasStandIns(reference: string): boolean {
  return reference.includes(`/${image}:`)
}

/** The same cluster with an image that contains stand-ins and otherwise real software. */
export async function withStandIns(cluster: Cluster, env: Env): Promise<Cluster> {
  const artifacts = await standInArtifacts(env)
  return { ...cluster, image: { ...cluster.image, name: image, container_base: base, artifacts } }
}

/**
 * The packages of the stand-ins for Mesos and Marathon, and of the real Consul. A separate program builds them and
 * caches them under a name that depends on their content.
 *
 * @throws Stopped if they cannot be built: outside of a clone, or before the machine is prepared
 */
export async function standInArtifacts(env: Env): Promise<Artifact[]> {
  if (!existsSync(`${clone}${program}`)) {
    throw new Stopped('the stand-ins for Mesos and Marathon are only available in a clone of the repository')
  }
  const options = { cwd: clone, quiet: true, nothrow: true }
  const done = await $(options)`${process.execPath} --import tsx ${program} ${standInFolder(env)}`
  if (done.exitCode !== 0) {
    throw new Stopped(`the stand-ins cannot be built; run npm run setup first\n${done.stderr.trim()}`)
  }
  return JSON.parse(done.stdout)
}
