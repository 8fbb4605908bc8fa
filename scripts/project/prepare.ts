import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { askToGoOn } from '../cli/ask.ts'
import { Stopped, say } from '../cli/main.ts'
import { Path } from '../inventory/problem-path.ts'
import { Refused } from '../inventory/problems.ts'

const program = fileURLToPath(new URL('../../.ci/setup', import.meta.url))

const notice = `This machine is not prepared for clusters in containers yet. The following will be installed:
  - with apt-get, if missing: podman, runc, netavark, iptables, mmdebstrap, python3, gcc, and python3-venv for Go
  - a base image of Debian 12, built with mmdebstrap
  - Go, if missing or older than 1.25.11, in ~/.cache/mesos-bakery
  - Packer, its docker plugin and Consul, built from source in ~/.cache/mesos-bakery
This takes about 5 minutes on two cores and 5 GB of disk space. It is done once.`

/** Whether everything that clusters in containers require is installed. */
export async function isPrepared(): Promise<boolean> {
  return (await setup('ignore', 'clusters', '--check')) === 0
}

/**
 * Lists what clusters in containers require and is missing, asks for confirmation, and installs it.
 *
 * @throws Refused on systems other than Debian, Stopped if the answer is no or the installation fails
 */
export async function prepare(saidYes: boolean): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    const message = 'only Debian is supported; on other systems, install podman and Packer manually'
    throw new Refused([{ path: Path.outside('setup'), message }])
  }
  say(notice)
  await askToGoOn('\nInstall it?', saidYes)
  const code = await setup(2, 'clusters')
  if (code !== 0) throw new Stopped(`.ci/setup failed with exit code ${code}; see its output above`)
}

/** Runs .ci/setup and returns its exit code. */
export async function setup(output: 'ignore' | 2, ...args: readonly string[]): Promise<number | null> {
  const [code] = await once(spawn('bash', [program, ...args], { stdio: ['ignore', output, output] }), 'exit')
  return code
}
