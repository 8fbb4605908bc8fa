import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { packerFolder, readSources } from '../../scripts/image/bakery.ts'
import { fingerprintOf, type Ingredients } from '../../scripts/image/fingerprint.ts'

const ingredients: Ingredients = {
  name: 'mesos',
  architecture: 'amd64',
  cgroups: 'v2',
  base: 'ami-1',
  version: '0.1.0',
  artifacts: [
    { name: 'consul', kind: 'zip', url: 'file:c', sha256: 'c'.repeat(64), version: '' },
    { name: 'mesos', kind: 'deb', url: 'file:m', sha256: 'd'.repeat(64), version: '1.11.0' },
  ],
  files: [
    { path: 'build.pkr.hcl', kind: 'file', sha256: 'e'.repeat(64) },
    { path: 'provision/a.sh', kind: 'program', sha256: 'f'.repeat(64) },
  ],
}

const { artifacts, files } = ingredients

/** The same items with one of them changed. */
function changed<T>(items: readonly T[], index: number, change: Partial<T>): readonly T[] {
  return items.map((item, place) => (place === index ? { ...item, ...change } : item))
}

test('the fingerprint does not depend on the order of the ingredients or the URLs of the artifacts', t => {
  t.regex(fingerprintOf(ingredients), /^[0-9a-f]{64}$/)
  const same: readonly Partial<Ingredients>[] = [
    { artifacts: [...artifacts].reverse(), files: [...files].reverse() },
    { artifacts: artifacts.map(one => ({ ...one, url: 'https://mirror.example/x' })) },
  ]
  for (const change of same) t.is(fingerprintOf({ ...ingredients, ...change }), fingerprintOf(ingredients))
})

const changes: readonly [string, Partial<Ingredients>][] = [
  ['name', { name: 'other' }],
  ['architecture', { architecture: 'arm64' }],
  ['cgroups', { cgroups: 'v1' }],
  ['base image', { base: 'ami-2' }],
  ['version of mesos-bakery', { version: '0.2.0' }],
  ['checksum of an artifact', { artifacts: changed(artifacts, 0, { sha256: '0'.repeat(64) }) }],
  ['requested version', { artifacts: changed(artifacts, 1, { version: '1.11.1' }) }],
  ['number of artifacts', { artifacts: artifacts.slice(1) }],
  ['content of a file', { files: changed(files, 1, { sha256: '0'.repeat(64) }) }],
  ['mode of a file', { files: changed(files, 1, { kind: 'file' }) }],
  ['name of a file', { files: changed(files, 1, { path: 'provision/b.sh' }) }],
]
for (const [what, change] of changes) {
  test(`the fingerprint depends on the ${what}`, t => {
    t.not(fingerprintOf({ ...ingredients, ...change }), fingerprintOf(ingredients))
  })
}

test('files are read with the modes that git records, links as links, and documentation is ignored', t => {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-sources-'))
  mkdirSync(join(folder, 'provision'))
  for (const file of ['README.md', 'build.pkr.hcl', 'provision/a.sh']) writeFileSync(join(folder, file), 'x')
  symlinkSync('a.sh', join(folder, 'provision/link'))
  chmodSync(join(folder, 'provision/a.sh'), 0o755)
  const kinds = () => Object.fromEntries(readSources(folder).map(({ path, kind }) => [path, kind]))
  t.deepEqual(kinds(), { 'build.pkr.hcl': 'file', 'provision/a.sh': 'program', 'provision/link': 'link' })
  chmodSync(join(folder, 'build.pkr.hcl'), 0o600)
  chmodSync(join(folder, 'provision/a.sh'), 0o700)
  t.deepEqual(kinds(), { 'build.pkr.hcl': 'file', 'provision/a.sh': 'program', 'provision/link': 'link' })
})

test('a changed sample of user data does not change the fingerprint', t => {
  const folder = join(mkdtempSync(join(tmpdir(), 'mesos-bakery-sources-')), 'packer')
  cpSync(packerFolder, folder, { recursive: true })
  const print = () => fingerprintOf({ ...ingredients, files: readSources(folder) })
  const before = print()
  appendFileSync(join(folder, 'samples/leader.yaml'), '# changed')
  t.is(print(), before)
  appendFileSync(join(folder, 'rootfs/etc/mesos-bakery/dnsmasq.conf'), '# changed')
  t.not(print(), before)
})
