import { podman } from './podman.ts'
import { runProgram } from './programs.ts'

/** Isolates a container from the network with its own firewall. */
export async function cutOff(container: string): Promise<void> {
  await inNetwork(container, '-I', 'INPUT', '!', '-i', 'lo', '-j', 'DROP')
  await inNetwork(container, '-I', 'OUTPUT', '!', '-o', 'lo', '-j', 'DROP')
}

/** Reconnects an isolated container. */
export async function heal(container: string): Promise<void> {
  await inNetwork(container, '-F')
}

async function inNetwork(container: string, ...rule: readonly string[]): Promise<void> {
  await inNamespace(container, 'net', 'iptables', ...rule)
}

/** Runs a program of this machine in a namespace of a container, which lacks the permission. */
export async function inNamespace(
  container: string,
  namespace: 'net' | 'mount',
  ...command: readonly string[]
): Promise<void> {
  const pid = await podman('inspect', '--format', '{{.State.Pid}}', container)
  const { code, output } = runProgram('nsenter', ['--target', pid, `--${namespace}`, ...command])
  if (code !== 0) throw new Error(`${command.join(' ')} in ${container}: ${output}`)
}
