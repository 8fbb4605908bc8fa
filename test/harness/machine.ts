import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Seed, seedOf } from '../../scripts/user-data/seed.ts'
import type { Ran } from './command.ts'
import { BASE_IMAGE, podman, tryPodman } from './podman.ts'

/** A container that has booted as a machine does. */
export interface Machine {
  name: string
  /** Where this computer reaches it. */
  address: string
  /** The port of 127.0.0.1 that leads to its sshd; the user is `debian`, who may sudo. */
  sshPort: number
  /** Runs a program in it, as root. */
  exec(...command: string[]): Promise<Ran>
  remove(): Promise<void>
}

export interface MachineOptions {
  image?: string
  /** What cloud-init is given. */
  userData?: string
  /** All that it is given, instead of what is made from the rest. */
  seed?: Seed
  /** The public key that lets `debian` in. */
  sshKey?: string
  /** Further options for podman to run it with. */
  flags?: readonly string[]
  /** Files that are there before it boots, as if the image had them. */
  files?: readonly { path: string; content: string }[]
  /** Which cgroups it boots with, as a machine of its own would; without it, those that the engine gives. */
  cgroups?: 'v1' | 'v2'
  /** What it may do beyond what a container may. */
  capabilities?: readonly string[]
}

const BOOT_LIMIT_S = 180

/**
 * Boots an image with systemd and cloud-init, and waits, three minutes at most, until cloud-init is done.
 * Throws, and leaves nothing behind, when it ends with an error. A machine whose test was killed is removed when
 * the next one starts.
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
 * What each version of cgroups looks like to systemd: v2 is one hierarchy; v1 is what Debian's systemd makes of
 * `systemd.unified_cgroup_hierarchy=0`, with a hierarchy of v2 beside those of v1 (`cg_is_hybrid_wanted`).
 */
const hierarchies = {
  v2: 'mount -t cgroup2 none /sys/fs/cgroup',
  v1: `mount -t tmpfs none /sys/fs/cgroup && mkdir /sys/fs/cgroup/{systemd,unified} &&
    mount -t cgroup2 none /sys/fs/cgroup/unified &&
    mount -t cgroup -o none,name=systemd none /sys/fs/cgroup/systemd`,
}

/** How it is started. With cgroups of its own it may filter by them, as a machine's systemd may. */
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

/** Removes the machines of processes that are gone. */
async function sweep(): Promise<void> {
  const format = `{{.Names}} {{index .Labels "${OWNER}"}}`
  const lines = await podman('ps', '--all', '--filter', `label=${OWNER}`, '--format', format)
  for (const [name = '', made = ''] of lines.split('\n').map(line => line.split(' '))) {
    if (name && owner(Number.parseInt(made, 10)) !== made) await remove(name)
  }
}

/** A process by its id and the time of its start, as ids come back; Linux only (proc(5), field 22). */
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
