import { readFileSync } from 'node:fs'
import type { EngineName } from '../../list.ts'

/** The flags that make a container a machine: with systemd as its init process, and a console, which is its log. */
export function machineFlags(engine: EngineName): readonly string[] {
  return ['--tty', '--log-opt=max-size=10mb', ...initFlags(engine)]
}

function initFlags(engine: EngineName): readonly string[] {
  if (engine === 'podman') return ['--systemd=always', ...limitFlags(engine)]
  // Docker has no systemd mode; these flags are what systemd requires of a container manager. Not tested: Docker is not
  // available here.
  return ['--privileged', '--cgroupns=private', '--tmpfs=/run', '--tmpfs=/run/lock', '--tmpfs=/tmp']
}

/**
 * Podman raises the limits of its containers to 1,048,576 files and processes. A process with lower limits may do so
 * only with CAP_SYS_RESOURCE; without it, no container starts. The containers therefore get the limits of this process.
 */
export function limitFlags(engine: EngineName): readonly string[] {
  if (engine === 'docker') return []
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const files = Math.min(hardLimit(limits, 'Max open files'), 1_048_576)
  // Podman limits its own processes to the number of process IDs.
  const ids = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'))
  const processes = Math.min(hardLimit(limits, 'Max processes'), ids, 1_048_576)
  return [`--ulimit=nofile=${files}:${files}`, `--ulimit=nproc=${processes}:${processes}`]
}

/** The hard limit in text in the format of /proc/self/limits. */
function hardLimit(limits: string, what: string): number {
  const [, hard] = new RegExp(`^${what} +\\S+ +(\\S+)`, 'm').exec(limits) ?? []
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}

/** The flags for a network without the DNS of the engine, because Consul provides the names in this network. */
export function networkFlags(engine: EngineName): readonly string[] {
  return engine === 'podman' ? ['--disable-dns'] : []
}
