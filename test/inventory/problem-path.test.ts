import test from 'ava'
import { findPlace } from '../../scripts/inventory/find-place.ts'
import { placesIn } from '../../scripts/inventory/places.ts'
import { Path } from '../../scripts/inventory/problem-path.ts'
import { yaml } from '../../scripts/inventory/schema.ts'

const tag = Path.inInventory('tags', 'a.b')

test('a path is text where it is shown and in JSON', t => {
  t.is(String(Path.inInventory('groups', 'web', 'seats', 2)), 'groups.web.seats.2')
  t.is(String(Path.ofOption('--set', 'mesos_agent_flags').below('ip')), '--set mesos_agent_flags.ip')
  t.is(String(Path.ofOption('--leaders')), '--leaders')
  t.is(JSON.stringify({ path: Path.outside('AWS') }), '{"path":"AWS"}')
  t.is(String(Path.root), '')
})

test('paths are compared key by key, not as text', t => {
  t.false(tag.isSame(Path.inInventory('tags', 'a', 'b')))
  t.false(Path.inInventory('tags', 'a').covers(tag))
  t.true(Path.inInventory('tags').covers(tag))
  t.true(tag.covers(tag))
  t.false(tag.covers(Path.inInventory('tags')))
  t.false(Path.outside('tags').covers(tag))
})

test('a key with a dot is found, and not its namesake in a map', t => {
  const text = 'tags: { a: { b: 1 }, a.b: 2 }'
  const span = findPlace(placesIn(text, yaml), tag, undefined)
  t.is(text.slice(span?.start, span?.end), '2')
})
