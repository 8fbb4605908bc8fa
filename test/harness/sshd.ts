import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { generateKey } from './ssh-key.ts'

const program = '/usr/sbin/sshd'

/** Why no SSH server can be started. Undefined if one can. */
export function sshdMissing(): string | undefined {
  return existsSync(program) ? undefined : 'openssh-server is not installed; run .ci/setup'
}

/** An SSH server on this machine, for its current user. */
export interface Sshd {
  readonly port: number
  readonly user: string
  /** The public host key, as on a console. */
  readonly hostKey: string
  /** The private key that may log in. */
  readonly identity: string
  stop(): Promise<void>
}

/**
 * Starts an SSH server.
 *
 * @param programs shell scripts that sessions find before the programs of the system, by name
 */
export async function startSshd(programs: Readonly<Record<string, string>> = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-sshd-'))
  const at = (name: string) => join(folder, name)
  generateKey(at('host'))
  generateKey(at('identity'))
  mkdirSync(at('bin'))
  for (const [name, script] of Object.entries(programs))
    writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  // Debian's sshd requires this directory if it runs as root.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const port = await freePort()
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${at('host')}`,
    `AuthorizedKeysFile ${at('identity.pub')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    `SetEnv PATH=${at('bin')}:/usr/bin:/bin`,
  ]
  writeFileSync(at('config'), `${config.join('\n')}\n`)
  const child = spawn(program, ['-D', '-e', '-f', at('config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  await listening(child)
  return {
    port,
    user: userInfo().username,
    hostKey: readFileSync(at('host.pub'), 'utf8').trim(),
    identity: at('identity'),
    async stop() {
      const exited = once(child, 'exit')
      child.kill()
      await exited
      rmSync(folder, { recursive: true })
    },
  }
}

async function listening(child: ChildProcess): Promise<void> {
  let said = ''
  for await (const data of child.stderr ?? []) {
    said += data
    if (said.includes('Server listening')) {
      child.stderr?.resume()
      return
    }
  }
  throw new Error(`sshd: ${said}`)
}

/** A port of this machine without a listener. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
