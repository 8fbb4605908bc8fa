import test from 'ava'
import fc from 'fast-check'
import { lockText, type Pin, parseLock, pinned, wantedOf, wrongSum } from '../../scripts/image/lock.ts'
import type { Artifact } from '../../scripts/inventory/image-settings.ts'
import { refusals } from '../harness/sample.ts'

const a = 'a'.repeat(64)
const b = 'b'.repeat(64)
const mesos: Artifact = { name: 'mesos', url: 'file:mesos.deb', kind: 'deb' }
const pin: Pin = { name: 'mesos', url: 'file:mesos.deb', sha256: a, bytes: 7 }

test('a lock file is parsed as it was written', t => {
  const anyPin = fc.record({
    name: fc.constantFrom('consul', 'mesos', 'marathon'),
    url: fc.webUrl(),
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
    bytes: fc.nat(),
  })
  fc.assert(
    fc.property(fc.uniqueArray(anyPin, { selector: ({ name, url }) => `${name} ${url}` }), pins => {
      const text = lockText(pins)
      return lockText(parseLock(text)) === text && lockText([...pins].reverse()) === text
    }),
  )
  t.pass()
})

test('an invalid lock file is refused', t => {
  for (const text of [
    '',
    '{',
    'null',
    '{"artifacts": {}}',
    '{"artifacts": [{"name": "mesos"}]}',
    lockText([{ ...pin, sha256: 'x' }]),
  ]) {
    t.regex(refusals(() => parseLock(text)).join(), /^artifacts.lock.json: is not valid/, text)
  }
})

test('the expected checksum is taken from the lock file, otherwise from the inventory', t => {
  const sums = (artifact: Artifact, pins: readonly Pin[]) =>
    wantedOf([artifact], pins, false).value.map(one => one.sha256)
  t.deepEqual(sums(mesos, [pin]), [a])
  t.deepEqual(sums({ ...mesos, sha256: b }, []), [b])
  t.deepEqual(sums(mesos, []), [undefined])
  t.deepEqual(sums({ ...mesos, url: 'file:other.deb' }, [pin]), [undefined])
})

test('--frozen refuses artifacts that are not locked, and a contradiction is always refused', t => {
  const [unlocked] = wantedOf([mesos], [], true).problems
  t.regex(unlocked?.message ?? '', /file:mesos.deb is not in artifacts.lock.json; bake once without --frozen/)
  t.deepEqual(wantedOf([mesos], [pin], true).problems, [])
  const [contradiction] = wantedOf([{ ...mesos, sha256: b }], [pin], false).problems
  t.true(contradiction?.message.includes(a) && contradiction.message.includes(b))
})

test('the message for a wrong checksum contains the artifact, both checksums and the solution', t => {
  const { path, message } = wrongSum({ artifact: mesos, sha256: a, says: 'artifacts.lock.json' }, b)
  t.is(String(path), 'artifact mesos')
  for (const word of ['file:mesos.deb', a, b, 'nothing was unpacked', 'remove its entry'])
    t.true(message.includes(word))
})

test('a bake keeps the pins that the inventory names, and never changes one', t => {
  const arm = { ...mesos, url: 'file:arm.deb' }
  const armPin = { ...pin, url: 'file:arm.deb' }
  const gone = { ...pin, url: 'file:gone.deb' }
  t.deepEqual(pinned([mesos, arm], [armPin, gone], [pin]), [armPin, pin])
  t.deepEqual(pinned([mesos], [pin], [{ ...pin, sha256: b }]), [pin])
})
