import test from 'ava'
import fc from 'fast-check'
import { candidates, outdatedSeats, poolsInOrder, type Scope } from '../../scripts/roll/candidates.ts'
import { isLeftBehind } from '../../scripts/roll/held.ts'
import type { Observed, RollMachine, RollPool } from '../../scripts/roll/observed.ts'
import { batchOf, floorOf, surgeOf } from '../../scripts/roll/task-budget.ts'
import { newWorld, observe } from './world.ts'

const machine = (name: string, current: boolean, more: Partial<RollMachine> = {}): RollMachine => ({
  ...{ name, current, registered: true, canary: false },
  ...more,
})

const scope: Scope = { leaders: true, pools: ['web'], share: 0.95, atStart: new Map() }

const expected = { leaders: 1, followers: 2, quorum: 1, zookeeper: true, marathon: true }
const emptyObserved: Observed = { seats: [], pools: [], seen: [], gates: [], expected, tasks: undefined }

function next(pool: Partial<RollPool>, given: Scope = scope) {
  const machines = pool.machines ?? []
  const web = {
    name: 'web',
    size: 2,
    desired: machines.length,
    proven: false,
    enlarged: false,
    ending: [],
    reasons: [],
  }
  const observed: Observed = { ...emptyObserved, pools: [{ ...web, ...pool, machines }] }
  return candidates(observed, given)[0]
}

const old = [machine('a', false), machine('b', false)]
const canary = machine('c', true, { canary: true })

test('a pool is rolled by a canary, the version, the size, batches, and the former size', t => {
  t.deepEqual(next({ machines: old }), { does: 'canary', pool: 'web' })
  t.deepEqual(next({ machines: [...old, canary], desired: 2 }), {
    does: 'promote',
    pool: 'web',
    machine: 'c',
  })
  const proven = { proven: true, enlarged: true }
  const fresh = machine('c', true)
  t.deepEqual(next({ ...proven, machines: old }), { does: 'surge', pool: 'web', machines: 3 })
  t.deepEqual(next({ ...proven, machines: [...old, fresh] }), {
    ...{ does: 'take', pool: 'web', machines: ['a'], replaced: 1 },
  })
  const last = [...old.slice(1), fresh, machine('d', true)]
  t.deepEqual(next({ ...proven, machines: last }), {
    ...{ does: 'take', pool: 'web', machines: ['b'], replaced: 0 },
  })
  t.deepEqual(next({ ...proven, machines: last.slice(1) }), { does: 'settle', pool: 'web' })
  t.is(next({ proven: true, machines: last.slice(1) }), undefined)
})

test('a canary of other settings is taken away, and a pool without machines needs no canary', t => {
  const stale = machine('x', false, { canary: true })
  t.deepEqual(next({ machines: [...old, stale] }), { does: 'dismiss', pool: 'web', machines: ['x'] })
  t.deepEqual(next({ proven: true, machines: [machine('a', true), canary] }), {
    ...{ does: 'dismiss', pool: 'web', machines: ['c'] },
  })
  t.deepEqual(next({ size: 0, machines: [] }), { does: 'promote', pool: 'web', machine: undefined })
  t.is(next({ machines: old }, { ...scope, pools: [] }), undefined)
})

test('machines that are not registered are replaced first', t => {
  const machines = [machine('a', false), machine('b', false, { registered: false }), machine('c', true)]
  t.like(next({ proven: true, enlarged: true, machines }), { machines: ['b'] })
})

test('machines at risk are replaced before others, although their settings are current', t => {
  const atRisk = machine('b', false, { atRisk: true })
  const machines = [
    machine('a', false, { registered: false }),
    machine('x', false),
    atRisk,
    machine('c', true),
  ]
  const proven = { proven: true, enlarged: true, size: 3 }
  t.like(next({ ...proven, machines }), { machines: ['b'] })
  const without = [machine('a', true), atRisk]
  t.deepEqual(next({ proven: true, machines: without }), { does: 'surge', pool: 'web', machines: 3 })
  t.deepEqual(next({ ...proven, size: 2, machines: [...without, machine('c', true)] }), {
    ...{ does: 'take', pool: 'web', machines: ['b'], replaced: 0 },
  })
})

test('pools with machines at risk are rolled first, but after one that a roll has begun to change', t => {
  const pool = (name: string, machines: readonly RollMachine[], enlarged = false): RollPool => ({
    ...{ name, size: 1, desired: 1, proven: true, enlarged, ending: [], reasons: [], machines },
  })
  const atRisk = [machine('m', false, { atRisk: true })]
  const pools = [pool('a', []), pool('b', atRisk), pool('c', [], true), pool('d', atRisk)]
  const observed = { ...emptyObserved, pools }
  const order = poolsInOrder(observed, { ...scope, pools: ['a', 'b', 'c'] })
  t.deepEqual(
    order.map(({ name }) => name),
    ['c', 'b', 'a'],
  )
})

test('unhealthy leaders are changed first, then those at risk', t => {
  const world = observe(newWorld(5, 1), 2)
  const seats = world.seats.map((seat, index) => ({ ...seat, atRisk: index === 3 }))
  const seen = world.seen.map((one, index) => (index === 4 ? { ...one, state: 'ended' as const } : one))
  t.deepEqual(
    outdatedSeats({ ...world, seats, seen }).map(({ name }) => name),
    ['seat-5', 'seat-4', 'seat-1', 'seat-2', 'seat-3'],
  )
})

test('the surge is 5 % of the machines, and at least one', t => {
  const surge = (size: number, share = 0.95) =>
    surgeOf(
      { size, machines: Array.from({ length: size }, (_, index) => machine(String(index), false)) },
      share,
    )
  t.deepEqual(
    [1, 3, 19, 20, 100].map(size => surge(size)),
    [1, 1, 1, 1, 5],
  )
  t.is(surge(10, 0.5), 5)
  t.is(surgeOf({ size: 100, machines: [machine('a', false)] }, 0.95), 1)
})

test('at least 95 % of the tasks keep running, or all but those of one machine', t => {
  t.is(floorOf({ running: 100, most: 1 }, 0.95), 95)
  t.is(floorOf({ running: 10, most: 5 }, 0.95), 5)
  const start = { running: 100, most: 2 }
  t.is(batchOf(start, start, 0.95), 2)
  t.is(batchOf({ running: 99, most: 2 }, start, 0.95), 2)
  t.is(batchOf({ running: 96, most: 2 }, start, 0.95), 0)
  t.is(batchOf({ running: 100, most: 50 }, start, 0.95), 1)
  t.is(batchOf(undefined, undefined, 0.95), 1)
  t.is(batchOf({ running: 0, most: 0 }, { running: 0, most: 0 }, 0.95), Number.POSITIVE_INFINITY)
})

test('however many machines a batch has, enough tasks keep running', t => {
  const tasks = fc.array(fc.nat(20), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(tasks, fc.double({ min: 0, max: 1, noNaN: true }), (each, share) => {
      const running = each.reduce((sum, one) => sum + one, 0)
      const now = { running, most: Math.max(...each) }
      const batch = batchOf(now, now, share)
      const lost = each
        .toSorted((a, b) => b - a)
        .slice(0, Math.min(batch, each.length))
        .reduce((sum, one) => sum + one, 0)
      return running - lost >= floorOf(now, share)
    }),
  )
  t.pass()
})

test('a lock is left behind if its process has ended here, or was silent for five minutes', t => {
  const held = { id: '1', by: 'ann@here:1', since: '', alive: 1_000_000, progress: '' }
  t.false(isLeftBehind(held, 1_300_000, () => false))
  t.true(isLeftBehind(held, 1_300_001, () => false))
  t.true(isLeftBehind(held, 1_000_000, by => by === 'ann@here:1'))
})
