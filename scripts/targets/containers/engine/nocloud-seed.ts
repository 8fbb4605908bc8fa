import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call, type Engine, tryCall } from './engine.ts'

/** The data of a machine for its first boot. On EC2, the metadata service provides it. */
interface Seed {
  readonly name: string
  /** Exactly the bytes that EC2 would receive. */
  readonly userData: string
  readonly join: readonly string[]
  /** The secrets of its role. */
  readonly bundle?: string | undefined
}

/**
 * Copies a NoCloud seed into a container before it starts, so that no files are left on this machine (cloud-init
 * documentation, "NoCloud").
 */
export async function plantSeed(engine: Engine, container: string, seed: Seed): Promise<void> {
  await inTemporary(async folder => {
    const cloud = join(folder, 'cloud')
    await writeSeed(cloud, seed, randomBytes(6).toString('hex'))
    await call(engine, 'cp', cloud, `${container}:/var/lib/`)
  })
}

/** Writes a seed below a directory, as it is below /var/lib/cloud of a container. */
export async function writeSeed(cloud: string, seed: Seed, serial: string): Promise<void> {
  const place = join(cloud, 'seed', 'nocloud')
  await mkdir(place, { recursive: true })
  const files = Object.entries(seedFiles(seed, serial))
  await Promise.all(files.map(([name, text]) => writeFile(join(place, name), text)))
  if (seed.bundle === undefined) return
  const secrets = join(cloud, 'seed', 'mesos-bakery')
  await mkdir(secrets)
  await writeFile(join(secrets, 'secrets.json'), seed.bundle, { mode: 0o400 })
}

/** The path of a file of the seed in a container. */
export const seedOf = (file: string) => `/var/lib/cloud/seed/nocloud/${file}`

/** The user data in the seed of a container, running or not. Undefined if there is none. */
export async function readSeed(engine: Engine, container: string): Promise<string | undefined> {
  // In a tar archive, in which the text stands unchanged.
  const { stdout } = await tryCall(engine, 'cp', `${container}:${seedOf('user-data')}`, '-')
  return /#cloud-config\n[^\0]*/.exec(stdout)?.[0]
}

/** Replaces the user data in the seed of a stopped container. */
export async function replaceUserData(engine: Engine, container: string, text: string): Promise<void> {
  await inTemporary(async folder => {
    await writeFile(join(folder, 'user-data'), text)
    await call(engine, 'cp', join(folder, 'user-data'), `${container}:${seedOf('user-data')}`)
  })
}

async function inTemporary(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-seed-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * The files of a seed.
 *
 * @param serial part of the instance ID, unique for each machine
 */
export function seedFiles({ name, userData, join }: Seed, serial: string): Readonly<Record<string, string>> {
  const metaData = { 'instance-id': `i-${serial}`, 'local-hostname': name.replaceAll('_', '-') }
  return {
    // JSON is valid YAML.
    'meta-data': `${JSON.stringify(metaData)}\n`,
    'user-data': userData,
    'vendor-data': vendorData(join),
  }
}

/**
 * The only difference from EC2: Consul finds its servers by their addresses, because containers have no tags. Consul
 * adds this list to the one in the user data, which queries AWS; the environment variable makes that query fail
 * immediately. cloud-init runs these commands before those of the user data.
 */
function vendorData(join: readonly string[]): string {
  return `#!/bin/sh
set -eu
mkdir -p /etc/consul.d /etc/systemd/system/consul.service.d
cat >/etc/consul.d/local.json <<'END'
${JSON.stringify({ retry_join: join, retry_interval: '1s' })}
END
cat >/etc/systemd/system/consul.service.d/local.conf <<'END'
[Service]
Environment=AWS_EC2_METADATA_DISABLED=true
END
systemctl daemon-reload
`
}
