import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Seed, seedOf } from '../../scripts/user-data/seed.ts'
import type { Ran } from './command.ts'
import { BASE_IMAGE, podman, tryPodman } from './podman.ts'

/** A container that has booted like a machine. */
export interface Machine {
  name: string
  /** Its address on this computer. */
  address: string
  /** The port of 127.0.0.1 that is forwarded to its sshd. The user is `debian`, who has sudo. */
  sshPort: number
  /** Runs a program in it as root. */
  exec(...command: string[]): Promise<Ran>
  remove(): Promise<void>
}

export interface MachineOptions {
  image?: string
  /** The user data for cloud-init. */
  userData?: string
  /** The complete seed, instead of one created from the other options. */
  seed?: Seed
  /** The public key that can log in as `debian`. */
  sshKey?: string
  /** Additional options for `podman run`. */
  flags?: readonly string[]
  /** Files that exist before it boots, as if they were part of the image. */
  files?: readonly { path: string; content: string }[]
  /** The cgroup version that it boots with, like a separate machine. Default: the cgroups of the engine. */
  cgroups?: 'v1' | 'v2'
  /** Capabilities in addition to those of a container. */
  capabilities?: readonly string[]
}

const BOOT_LIMIT_S = 180

/**
 * Boots an image with systemd and cloud-init, and waits, up to three minutes, until cloud-init is done. Throws, and
 * removes the container, if cloud-init ends with an error. Machines of killed tests are removed when the next machine
 * is started.
 */
export async function startMachine({
  image = BASE_IMAGE,
  ...options
}: MachineOptions = {}): Promise<Machine> {
  await sweep()
  const name = `mesos-bakery-${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await seed(name, options)
    const mount = `${seedFolder(name)}:/var/lib/cloud/seed/nocloud:ro`
    const start = startOf(options.cgroups)
    const boot = [...start.flags, '--hostname', name, '--volume', mount, '--publish', '127.0.0.1::22']
    const mounts = await mountFiles(name, options.files ?? [])
    await podman(
      'run',
      '--detach',
      '--name',
      name,
      '--label',
      `${OWNER}=${owner(process.pid)}`,
      ...boot,
      ...(options.flags ?? []),
      ...(options.capabilities ?? []).map(name => `--cap-add=${name}`),
      ...mounts,
      image,
      ...start.command,
    )
    await cloudInitDone(name)
    return await reach(name)
  } catch (error) {
    await remove(name)
    throw error
  }
}

/**
 * The hierarchies that systemd finds for each cgroup version. v2 is a single hierarchy. v1 is what systemd on Debian
 * sets up for `systemd.unified_cgroup_hierarchy=0`, with a v2 hierarchy next to those of v1 (`cg_is_hybrid_wanted`).
 */
const hierarchies = {
  v2: 'mount -t cgroup2 none /sys/fs/cgroup',
  v1: `mount -t tmpfs none /sys/fs/cgroup && mkdir /sys/fs/cgroup/{systemd,unified} &&
    mount -t cgroup2 none /sys/fs/cgroup/unified &&
    mount -t cgroup -o none,name=systemd none /sys/fs/cgroup/systemd`,
}

/** How it is started. With its own cgroups, it may use cgroup filters, like systemd on a machine. */
function startOf(cgroups: MachineOptions['cgroups']) {
  if (cgroups === undefined) return { flags: ['--systemd=always'], command: [] }
  const may = ['SYS_ADMIN', 'NET_ADMIN', 'BPF'].map(name => `--cap-add=${name}`)
  return {
    flags: ['--systemd=false', '--cgroupns=private', '--tmpfs=/run', '--tmpfs=/tmp', ...may],
    command: ['bash', '-c', `umount -R /sys/fs/cgroup; ${hierarchies[cgroups]} && exec /sbin/init`],
  }
}

async function reach(name: string): Promise<Machine> {
  const format =
    '{{.NetworkSettings.IPAddress}} {{(index (index .NetworkSettings.Ports "22/tcp") 0).HostPort}}'
  const [address = '', port] = (await podman('inspect', '--format', format, name)).split(' ')
  return {
    name,
    address,
    sshPort: Number(port),
    exec: (...command) => tryPodman('exec', name, ...command),
    remove: () => remove(name),
  }
}

async function seed(name: string, options: MachineOptions): Promise<void> {
  const { userData = '#cloud-config\n', sshKey } = options
  const identity = { instanceId: name, hostname: name, publicKeys: sshKey ? [sshKey] : [] }
  await mkdir(seedFolder(name))
  for (const [file, text] of Object.entries(options.seed ?? seedOf(identity, userData))) {
    await writeFile(join(seedFolder(name), file), text)
  }
}

async function mountFiles(name: string, files: NonNullable<MachineOptions['files']>): Promise<string[]> {
  const mounts = files.map(async ({ path, content }, index) => {
    const file = join(seedFolder(name), `file-${index}`)
    await writeFile(file, content)
    return `--volume=${file}:${path}`
  })
  return Promise.all(mounts)
}

async function cloudInitDone(name: string): Promise<void> {
  const wait = ['timeout', String(BOOT_LIMIT_S), 'cloud-init', 'status', '--wait']
  const { code, stdout, stderr } = await tryPodman('exec', name, ...wait)
  if (code === 0 && stdout.includes('status: done')) return
  const details = await tryPodman('exec', name, 'cloud-init', 'status', '--long')
  const said = code === 124 ? `was not done within ${BOOT_LIMIT_S} s` : `ended with ${stdout}${stderr}`
  throw new Error(`cloud-init on ${name} ${said}\n${details.stdout}`)
}

const OWNER = 'mesos-bakery.owner'

/** Removes the machines of processes that have ended. */
async function sweep(): Promise<void> {
  const format = `{{.Names}} {{index .Labels "${OWNER}"}}`
  const lines = await podman('ps', '--all', '--filter', `label=${OWNER}`, '--format', format)
  for (const [name = '', made = ''] of lines.split('\n').map(line => line.split(' '))) {
    if (name && owner(Number.parseInt(made, 10)) !== made) await remove(name)
  }
}

/** Identifies a process by its ID and its start time, because IDs are reused. Linux only (proc(5), field 22). */
function owner(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return `${pid}@${fields[19]}`
  } catch {
    return 'gone'
  }
}

async function remove(name: string): Promise<void> {
  await tryPodman('rm', '--force', '--time', '0', '--volumes', name)
  await rm(seedFolder(name), { recursive: true, force: true })
}

function seedFolder(name: string): string {
  return join(tmpdir(), name)
}
