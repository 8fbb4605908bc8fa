import { readFileSync } from 'node:fs'
import type { EngineName } from '../../list.ts'

/** What makes a container a machine, with systemd as its first process. */
export function machineFlags(engine: EngineName): readonly string[] {
  if (engine === 'podman') return ['--systemd=always', ...limitFlags(engine)]
  // docker knows no systemd mode; these are what systemd asks of a container manager. Not tested: no docker here.
  return ['--privileged', '--cgroupns=private', '--tmpfs=/run', '--tmpfs=/run/lock', '--tmpfs=/tmp']
}

/**
 * podman raises its containers' limits to 1,048,576 files and processes, which a process whose own limits are
 * lower may do only with CAP_SYS_RESOURCE; without it no container starts. So they get what this process has.
 */
export function limitFlags(engine: EngineName): readonly string[] {
  if (engine === 'docker') return []
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const files = Math.min(hardLimit(limits, 'Max open files'), 1_048_576)
  // podman lowers its own limit to the number of process ids that there are.
  const ids = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'))
  const processes = Math.min(hardLimit(limits, 'Max processes'), ids, 1_048_576)
  return [`--ulimit=nofile=${files}:${files}`, `--ulimit=nproc=${processes}:${processes}`]
}

/** The hard limit in a text like that of /proc/self/limits. */
function hardLimit(limits: string, what: string): number {
  const [, hard] = new RegExp(`^${what} +\\S+ +(\\S+)`, 'm').exec(limits) ?? []
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}

/** What makes a network without the engine's own names: Consul gives names to this one. */
export function networkFlags(engine: EngineName): readonly string[] {
  return engine === 'podman' ? ['--disable-dns'] : []
}
