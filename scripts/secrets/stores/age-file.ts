import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { Path } from '../../inventory/problem-path.ts'
import { Refused } from '../../inventory/problems.ts'
import { type SecretSet, secretSet } from '../secret-set.ts'

/** A file of secrets, and the file with the identity that can decrypt it. */
export interface SecretsFile {
  /** As named in the inventory. */
  readonly name: string
  readonly path: string
  readonly identity: string
}

/**
 * The file that a reference names, relative to the directory of the inventory.
 *
 * @param identity the path of the identity, if it was given as an option
 */
export function secretsFile(
  reference: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  identity?: string,
): SecretsFile {
  const name = reference.replace(/^file:/, '')
  const config = env.XDG_CONFIG_HOME ?? join(env.HOME ?? '.', '.config')
  const usual = join(config, 'mesos-bakery', 'identity')
  return { name, path: resolve(folder, name), identity: identity ?? env.MESOS_BAKERY_IDENTITY ?? usual }
}

/**
 * Writes secrets to a new file, which only the identity can decrypt. The identity is created if it does not exist.
 *
 * @throws Refused if the file exists
 */
export async function writeSecrets(file: SecretsFile, secrets: SecretSet): Promise<void> {
  if (existsSync(file.path)) {
    return refuse(file.name, 'already exists', 'to list what it contains, run npm run secrets -- list')
  }
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(await identityIn(file.identity)))
  await writeFile(file.path, await encrypter.encrypt(JSON.stringify(secrets)), { mode: 0o600, flag: 'wx' })
}

async function identityIn(path: string): Promise<string> {
  if (existsSync(path)) return readIdentity(path)
  const identity = await generateIdentity()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, `${identity}\n`, { mode: 0o600, flag: 'wx' })
  return identity
}

/** @throws Refused if the file contains no identity */
async function readIdentity(path: string): Promise<string> {
  const found = readFileSync(path, 'utf8')
    .split('\n')
    .map(line => line.trim())
    .find(line => line.startsWith('AGE-SECRET-KEY-'))
  try {
    await identityToRecipient(found ?? '')
  } catch {
    return refuse(path, 'is not an age identity', 'use a file with a line that starts with AGE-SECRET-KEY-')
  }
  return found ?? ''
}

/**
 * Reads secrets.
 *
 * @throws Refused if they cannot be decrypted, or belong to another cluster
 */
export async function readSecrets(file: SecretsFile, cluster: string): Promise<SecretSet> {
  if (!existsSync(file.path)) {
    return refuse(file.name, 'file not found', 'to create it, run npm run secrets -- init')
  }
  if (!existsSync(file.identity)) {
    const help = `copy it from the user who created ${file.name}, or name another file with MESOS_BAKERY_IDENTITY`
    return refuse(file.identity, 'identity not found', help)
  }
  const secrets = secretSet.safeParse(await decrypted(file))
  if (!secrets.success) return refuse(file.name, 'was not written by this release of npm run secrets')
  if (secrets.data.cluster === cluster) return secrets.data
  const message = `contains the secrets of cluster ${secrets.data.cluster}, not of ${cluster}`
  return refuse(file.name, message, 'name another file in the inventory')
}

async function decrypted({ name, path, identity }: SecretsFile): Promise<unknown> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(await readIdentity(identity))
  try {
    return JSON.parse(await decrypter.decrypt(readFileSync(path), 'text'))
  } catch {
    return refuse(
      name,
      `cannot be decrypted with the identity ${identity}`,
      'name another identity, or restore the file',
    )
  }
}

function refuse(file: string, message: string, help?: string): never {
  throw new Refused([{ path: Path.root, file, message, ...(help !== undefined && { help }) }])
}
