import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateIdentity } from 'age-encryption'
import test from 'ava'
import { readSecrets, secretsFile } from '../../scripts/secrets/stores/age-file.ts'
import { inFolder } from '../bench/folder.ts'
import { noAwsEnv } from '../harness/aws.ts'
import { run } from '../harness/command.ts'

const inventory = (cluster: string, secrets = `secrets: file:c1.secrets.age\n`) => `cluster: ${cluster}
region: eu-west-1
target: local
${secrets}groups:
  leaders: { count: 1, vars: { mesos_mode: leader } }
  web: { min: 1, vars: { mesos_mode: follower } }
`

/** Runs the command with an inventory and a home of its own. */
function prepared(folder: string) {
  const path = (name: string) => join(folder, name)
  writeFileSync(path('inventory.yaml'), inventory('c1'))
  const env = { ...noAwsEnv(), HOME: folder, XDG_CONFIG_HOME: path('config') }
  const secrets = (action: string, ...more: readonly string[]) =>
    run('secrets', [action, '--inventory', path('inventory.yaml'), ...more], { env })
  return { path, env, secrets }
}

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8)

test('init creates secrets that only the identity decrypts, and list shows everything but the values', t =>
  inFolder(async folder => {
    const { path, env, secrets } = prepared(folder)
    const created = await secrets('init')
    t.is(created.code, 0, created.stderr)
    t.regex(created.stdout, /^c1\.secrets\.age: 11 secrets, encrypted for the identity /)
    t.deepEqual([mode(path('c1.secrets.age')), mode(path('config/mesos-bakery/identity'))], ['600', '600'])

    const listed = await secrets('list')
    t.is(listed.code, 0, listed.stderr)
    t.regex(
      listed.stdout,
      /^NAME +VERSION +CREATED +ROLES\nconsul-ca +1 +\d{4}-\d\d-\d\d +leader, follower, operator\n/,
    )
    const json = await secrets('list', '--json')
    t.is(JSON.parse(json.stdout).length, 11)

    const set = await readSecrets(secretsFile('file:c1.secrets.age', folder, env), 'c1')
    const encrypted = readFileSync(path('c1.secrets.age'), 'latin1')
    for (const [name, { value }] of Object.entries(set.secrets)) {
      const line = value.split('\n')[1] ?? value
      for (const text of [created.stdout, listed.stdout, json.stdout, encrypted])
        t.false(text.includes(line), name)
    }
  }))

test('init never overwrites secrets', t =>
  inFolder(async folder => {
    const { path, secrets } = prepared(folder)
    await secrets('init')
    const before = readFileSync(path('c1.secrets.age'))
    const again = await secrets('init')
    t.is(again.code, 1)
    t.regex(again.stderr, /c1\.secrets\.age.*: already exists.*npm run secrets -- list/s)
    t.deepEqual(readFileSync(path('c1.secrets.age')), before)
  }))

test('each mistake has one message, which names what to do', t =>
  inFolder(async folder => {
    const { path, secrets } = prepared(folder)
    const refused = async (pattern: RegExp, action = 'list', ...more: readonly string[]) => {
      const { code, stdout, stderr } = await secrets(action, ...more)
      t.true(code !== 0)
      t.is(stdout, '')
      t.regex(stderr, pattern)
    }
    await refused(/init or list is required, got show/, 'show')
    await refused(/c1\.secrets\.age.*: file not found.*npm run secrets -- init/s)
    await secrets('init')
    await refused(
      /other.*: identity not found; copy it from the user who created/s,
      'list',
      '--identity',
      path('other'),
    )
    writeFileSync(path('other'), `${await generateIdentity()}\n`)
    await refused(
      /c1\.secrets\.age.*: cannot be decrypted with the identity/s,
      'list',
      '--identity',
      path('other'),
    )
    for (const text of ['text', 'AGE-SECRET-KEY-1NOT']) {
      writeFileSync(path('other'), `${text}\n`)
      await refused(/other: is not an age identity/, 'list', '--identity', path('other'))
    }
    writeFileSync(path('inventory.yaml'), inventory('c2'))
    await refused(/contains the secrets of cluster c1, not of c2; name another file/s)
    writeFileSync(path('inventory.yaml'), inventory('c1', ''))
    await refused(
      /secrets: is required for this command\n.*add a line such as secrets: file:c1\.secrets\.age/s,
    )
    writeFileSync(path('c1.secrets.age'), 'age-encryption.org/v1\n')
    writeFileSync(path('inventory.yaml'), inventory('c1'))
    await refused(/cannot be decrypted/)
  }))
