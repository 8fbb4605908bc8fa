import test from 'ava'
import fc from 'fast-check'
import { listImages } from '../../scripts/image/prune.ts'
import type { BakedImage } from '../../scripts/targets/ec2/baked-image.ts'

function image(id: string, changes: Partial<BakedImage> = {}): BakedImage {
  return {
    id,
    region: 'us-east-1',
    title: `mesos-amd64-${id}`,
    name: 'mesos',
    architecture: 'amd64',
    fingerprint: id,
    run: 'over',
    proven: true,
    available: true,
    created: `2026-01-0${id}T00:00:00Z`,
    deprecated: '',
    snapshots: [],
    ...changes,
  }
}

const isOver = (run: string) => run === 'over'

function reasons(images: readonly BakedImage[], keep = 1, used: readonly string[] = []) {
  const uses = used.map(id => ({ image: id, by: 'instance i-1' }))
  return Object.fromEntries(listImages(images, uses, { keep, isOver }).map(({ id, kept }) => [id, kept]))
}

test('the newest images and those in use are kept', t => {
  const all = ['1', '2', '3', '4'].map(id => image(id))
  t.deepEqual(reasons(all), { 1: undefined, 2: undefined, 3: undefined, 4: 'newest' })
  t.deepEqual(reasons(all, 2, ['1']), { 1: 'in use', 2: undefined, 3: 'among the newest 2', 4: 'newest' })
})

test('the newest images are kept for each name, architecture and region', t => {
  const all = [
    image('1'),
    image('2', { architecture: 'arm64' }),
    image('3', { region: 'us-west-2' }),
    image('4', { name: 'other' }),
  ]
  t.deepEqual(Object.values(reasons(all)), ['newest', 'newest', 'newest', 'newest'])
})

test('an image of an incomplete bake is never the newest, and is deleted after the bake is over', t => {
  const all = [image('1'), image('2', { proven: false }), image('3', { proven: false, run: 'in progress' })]
  t.deepEqual(reasons(all), { 1: 'newest', 2: undefined, 3: 'being baked' })
})

test('with any images, the newest completed image and those in use are kept', t => {
  const anyImage = fc.record({
    proven: fc.boolean(),
    available: fc.boolean(),
    used: fc.boolean(),
    day: fc.integer({ min: 1, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(anyImage, { minLength: 1 }), fc.integer({ min: 0, max: 5 }), (given, keep) => {
      const images = given.map(({ proven, available, day }, index) =>
        image(`i${index}`, { proven, available, created: `2026-01-0${day}T00:00:00Z` }),
      )
      const used = given.flatMap((one, index) => (one.used ? [`i${index}`] : []))
      const uses = used.map(id => ({ image: id, by: 'x' }))
      const listed = listImages(images, uses, { keep, isOver })
      const going = listed.filter(({ kept }) => kept === undefined)
      const good = images.filter(({ proven, available }) => proven && available)
      const newest = good
        .map(({ created }) => created)
        .sort()
        .at(-1)
      const newestStays = listed.some(
        ({ id, kept, created }) => kept && created === newest && good.some(one => one.id === id),
      )
      return going.every(({ id }) => !used.includes(id)) && (good.length === 0 || newestStays)
    }),
  )
  t.pass()
})
