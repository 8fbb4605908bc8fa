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

/** Runs iptables of this machine in the network namespace of a container, which lacks the permission. */
async function inNetwork(container: string, ...rule: readonly string[]): Promise<void> {
  const pid = await podman('inspect', '--format', '{{.State.Pid}}', container)
  const { code, output } = runProgram('nsenter', ['--target', pid, '--net', 'iptables', ...rule])
  if (code !== 0) throw new Error(`iptables ${rule.join(' ')} in ${container}: ${output}`)
}
