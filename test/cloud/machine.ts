import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { machineFlags } from '../../scripts/targets/containers/engine/dialect.ts'
import { hardwareAddress } from '../../scripts/targets/containers/network.ts'
import { podman, tryPodman } from '../harness/podman.ts'
import { runProgram } from '../harness/programs.ts'
import type { InstanceFacts } from './instances.ts'

/** What all machines have in common. */
export interface MachineRoom {
  readonly image: string
  readonly network: string
  /** The label that identifies the containers, `key=value`. */
  readonly label: string
  /** A directory for consoles. */
  readonly folder: string
  /** Additional flags for `podman create`, such as mounted files and host names. */
  readonly flags: readonly string[]
}

/** The container of an instance. Its name is the ID of the instance. */
export async function startMachine(
  room: MachineRoom,
  { id, name, address }: InstanceFacts,
  boots: boolean,
): Promise<void> {
  await podman(
    'create',
    ...machineFlags('podman'),
    ...['--log-driver=k8s-file', '--log-opt', `path=${consoleFile(room, id)}`],
    ...['--name', id, '--hostname', hostName(name, address), '--label', room.label],
    ...['--network', room.network, '--ip', address, '--mac-address', hardwareAddress(address)],
    ...room.flags,
    room.image,
    ...(boots ? [] : ['sh', '-c', 'echo "Kernel panic - not syncing: no init found"; exec sleep infinity']),
  )
  await podman('start', id)
}

/** In a container, cloud-init cannot change the host name, so the container starts with the one that it would set. */
function hostName(name: string, address: string): string {
  return /-leader-\d+$/.test(name) ? name.replaceAll('_', '-') : `ip-${address.replaceAll('.', '-')}`
}

export async function stopMachine(id: string): Promise<void> {
  await tryPodman('stop', '--time', '10', id)
}

export async function startAgain(id: string): Promise<void> {
  await podman('start', id)
}

/** Cuts the power, and keeps the disk. */
export async function killMachine(id: string): Promise<void> {
  await tryPodman('kill', id)
}

export async function removeMachine(id: string): Promise<void> {
  await tryPodman('rm', '--force', '--time', '0', '--volumes', id)
}

/** Removes all containers with a label. */
export async function removeMachines(label: string): Promise<void> {
  const ids = (await podman('ps', '--all', '--quiet', '--filter', `label=${label}`)).split('\n')
  if (ids[0] !== '') await tryPodman('rm', '--force', '--time', '0', '--volumes', ...ids)
}

/**
 * Loads a ruleset into the network namespace of a machine, from outside, with the nft of the image.
 *
 * @returns whether it was loaded, which fails while the machine does not run
 */
export async function loadFirewall(id: string, rules: string): Promise<boolean> {
  const { code, stdout } = await tryPodman('inspect', '--format', '{{.State.Pid}}', id)
  const pid = stdout.trim()
  if (code !== 0 || pid === '0') return false
  const { code: failed, output } = runProgram(
    'nsenter',
    ['--target', pid, '--net', '--mount', 'nft', '--file', '-'],
    rules,
  )
  if (failed !== 0 && (await tryPodman('inspect', '--format', '{{.State.Pid}}', id)).stdout.trim() === pid) {
    throw new Error(`nft: ${output}\n${rules}`)
  }
  return failed === 0
}

const KEPT = 65_536

/** The last 64 KB of the console of a machine. */
export async function readConsoleOf(room: MachineRoom, id: string): Promise<string> {
  const file = await open(consoleFile(room, id)).catch(() => undefined)
  if (file === undefined) return ''
  try {
    const { size } = await file.stat()
    // Each piece of a line has a prefix of at least 40 bytes in this file.
    const length = Math.min(size, 4 * KEPT)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('latin1').split('\n').map(pieceOf).join('').slice(-KEPT)
  } finally {
    await file.close()
  }
}

/** A line of the log is `<time> stdout F <text>`, or `P` instead of `F` if the line continues. */
function pieceOf(line: string): string {
  const [, kind, text = ''] = /^\S+ \S+ ([FP]) (.*)$/s.exec(line) ?? []
  if (kind === undefined) return ''
  return kind === 'F' ? `${text}\n` : text
}

function consoleFile({ folder }: MachineRoom, id: string): string {
  return join(folder, `${id}.console`)
}
