import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from './programs.ts'

export interface SshKey {
  /** The path of the private key. */
  file: string
  /** The public key, in the format of authorized_keys. */
  public: string
  remove(): Promise<void>
}

/** Creates a key for a test. */
export async function makeSshKey(): Promise<SshKey> {
  const folder = await mkdtemp(join(tmpdir(), 'mesos-bakery-key-'))
  const file = join(folder, 'id_ed25519')
  generateKey(file)
  const text = await readFile(`${file}.pub`, 'utf8')
  return { file, public: text.trim(), remove: () => rm(folder, { recursive: true }) }
}

/** Writes a private key without a passphrase to a file, and the public key next to it. */
export function generateKey(file: string): void {
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]
  const { code, output } = runProgram('ssh-keygen', args)
  if (code !== 0) throw new Error(`ssh-keygen: ${output}`)
}
