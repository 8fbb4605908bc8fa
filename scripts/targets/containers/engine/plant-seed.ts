import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call, type Engine } from './engine.ts'

/** What a machine is told at its first boot. On EC2 the metadata service says the same. */
export interface Seed {
  readonly name: string
  /** Exactly the bytes that EC2 would get. */
  readonly userData: string
  readonly join: readonly string[]
}

/**
 * Copies a NoCloud seed into a container that hasn't started: nothing of it stays on this machine
 * (cloud-init's manual, "NoCloud").
 */
export async function plantSeed(engine: Engine, container: string, seed: Seed): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-seed-'))
  try {
    const place = join(folder, 'cloud', 'seed', 'nocloud')
    await mkdir(place, { recursive: true })
    await Promise.all(
      Object.entries(seedFiles(seed, randomBytes(6).toString('hex'))).map(([name, text]) =>
        writeFile(join(place, name), text),
      ),
    )
    await call(engine, 'cp', join(folder, 'cloud'), `${container}:/var/lib/`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * The files of a seed.
 *
 * @param serial makes the instance id, which no two machines share
 */
export function seedFiles({ name, userData, join }: Seed, serial: string): Readonly<Record<string, string>> {
  const metaData = { 'instance-id': `i-${serial}`, 'local-hostname': name.replaceAll('_', '-') }
  return {
    // YAML takes JSON as it is.
    'meta-data': `${JSON.stringify(metaData)}\n`,
    'user-data': userData,
    'vendor-data': vendorData(join),
  }
}

/**
 * The whole difference to EC2: Consul's servers are found by their addresses, for there are no tags here.
 * Consul adds the list to the one of the user-data, which asks AWS: told that there is no metadata service,
 * it gives up at once. cloud-init runs this before what the user-data runs.
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
