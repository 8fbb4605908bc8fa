import { podman } from './podman.ts'
import { runProgram } from './programs.ts'

/** Cuts a container off from everybody but itself, by its own firewall. */
export async function cutOff(container: string): Promise<void> {
  await inNetwork(container, '-I', 'INPUT', '!', '-i', 'lo', '-j', 'DROP')
  await inNetwork(container, '-I', 'OUTPUT', '!', '-o', 'lo', '-j', 'DROP')
}

/** Lets a container that was cut off speak again. */
export async function heal(container: string): Promise<void> {
  await inNetwork(container, '-F')
}

/** Runs this machine's iptables in the network of a container, which may not do so itself. */
async function inNetwork(container: string, ...rule: readonly string[]): Promise<void> {
  const pid = await podman('inspect', '--format', '{{.State.Pid}}', container)
  const { code, output } = runProgram('nsenter', ['--target', pid, '--net', 'iptables', ...rule])
  if (code !== 0) throw new Error(`iptables ${rule.join(' ')} in ${container}: ${output}`)
}
