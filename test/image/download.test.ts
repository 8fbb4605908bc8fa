import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { fetchAll } from '../../scripts/image/download.ts'
import { sha256 } from '../../scripts/image/fingerprint.ts'
import type { Wanted } from '../../scripts/image/lock.ts'

/** A separate store, with an artifact next to the inventory. */
function openStore() {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-store-'))
  writeFileSync(join(folder, 'mesos.deb'), 'a package')
  return {
    cache: join(folder, 'cache'),
    inventoryFolder: folder,
    tell: () => {},
    signal: new AbortController().signal,
  }
}

const mesos = (sum: string | undefined, url = 'file:mesos.deb'): Wanted => ({
  artifact: { name: 'mesos', kind: 'deb', url },
  sha256: sum,
  says: 'artifacts.lock.json',
})
const right = sha256('a package')

test('a file is stored under its checksum, and then used from there', async t => {
  const store = openStore()
  const [first] = await fetchAll([mesos(undefined)], store)
  t.like(first, { name: 'mesos', sha256: right, bytes: 9, file: join(store.cache, `${right}.deb`) })
  const [again] = await fetchAll([mesos(right, 'file:gone.deb')], store)
  t.is(again?.file, first?.file)
})

test('a file with a different checksum is refused and not stored', async t => {
  const store = openStore()
  await t.throwsAsync(fetchAll([mesos('0'.repeat(64))], store), { message: new RegExp(right) })
  t.deepEqual(readdirSync(store.cache), [])
})

test('partial or corrupted files of earlier downloads are never used', async t => {
  const store = openStore()
  const [first] = await fetchAll([mesos(undefined)], store)
  writeFileSync(join(store.cache, '.partial-999999999-abcd'), 'a pack')
  writeFileSync(first?.file ?? '', 'a pack')
  const [again] = await fetchAll([mesos(right)], store)
  t.is(readFileSync(again?.file ?? '', 'utf8'), 'a package')
  t.deepEqual(readdirSync(store.cache), [`${right}.deb`])
})

test('every artifact that cannot be downloaded is named', async t => {
  const gone = [mesos(right, 'file:gone.deb'), mesos(undefined, 'file:away.deb')]
  const { message } = await t.throwsAsync(fetchAll(gone, openStore()))
  t.regex(message, /artifact mesos: .*gone.deb cannot be read[\s\S]*away.deb cannot be read/)
})
