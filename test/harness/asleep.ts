import { randomBytes } from 'node:crypto'
import type { Ran } from './command.ts'
import { podman, tryPodman } from './podman.ts'

/** A container that only sleeps: a machine that was baked but not booted. */
export interface Asleep {
  /** Runs a script in it as root. */
  sh(script: string): Promise<Ran>
  remove(): Promise<unknown>
}

/** Starts a container, which exits after five minutes. */
export async function startAsleep(image: string): Promise<Asleep> {
  const name = `mesos-bakery-asleep-${process.pid}-${randomBytes(4).toString('hex')}`
  await podman('run', '--detach', '--rm', '--name', name, image, 'sleep', '300')
  return {
    sh: script => tryPodman('exec', name, 'bash', '-c', script),
    remove: () => podman('rm', '--force', '--time', '0', name),
  }
}
