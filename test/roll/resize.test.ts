import test from 'ava'
import fc from 'fast-check'
import { quorumOf } from '../../scripts/cluster/quorum.ts'
import { nextStep } from '../../scripts/roll/next-step.ts'
import type { Observed, Resize } from '../../scripts/roll/observed.ts'
import { interruptionOf, whyNotResize } from '../../scripts/roll/resize.ts'
import { resizePlan } from '../../scripts/roll/resize-plan.ts'
import { resizeRules } from '../../scripts/roll/resize-rules.ts'
import { sayStep } from '../../scripts/roll/roll-step.ts'
import { sayResize } from '../../scripts/show/say-resize.ts'
import { styleFor } from '../../scripts/show/style.ts'
import { carryOut } from './resize-history.ts'
import { type Leader, newWorld, observe as observeWorld, pass, presentIn } from './resize-world.ts'

// Which step comes next while the number of leaders changes.

const scope = { leaders: true, pools: [], share: 0.95, atStart: new Map() }

type Given = Partial<Leader> & { readonly leaders: number }

/** A cluster in which everything works, except for what is given. Undefined is a seat without a machine. */
function observe(all: readonly (Given | undefined)[], resize: Resize, elected = 1): Observed {
  const world = newWorld(all.length)
  for (const [seat, one] of all.entries()) {
    const before = world.seats[seat]
    if (one === undefined) world.seats[seat] = undefined
    else if (before !== undefined) Object.assign(before, one)
  }
  world.elected = elected - 1
  world.zookeeper = world.seats.findIndex(one => one?.serves)
  world.peers.clear()
  for (const { id } of presentIn(world)) world.peers.add(id)
  return observeWorld(world, resize)
}

/** The next step in words, or why it must wait. */
function next(observed: Observed, without?: string): string {
  const rules = resizeRules.filter(({ name }) => name !== without)
  const found = nextStep(observed, scope, rules)
  if (found.is === 'step') return sayStep(found.step)
  return found.is === 'done' ? 'done' : `${found.by.gate}: ${found.by.node} ${found.by.why}`
}

const of = (leaders: number): Given => ({ leaders })
const stopped: Given = { leaders: 5, running: false, serves: false }
const broken: Given = { leaders: 5, boot: Number.POSITIVE_INFINITY, serves: false }
const outside: Given = { leaders: 5, serves: false }
const some = (...numbers: readonly number[]) => numbers.map(of)

/** All steps, while every node comes up. Checks that any two majorities have a master in common. */
function steps(resize: Resize, elected: number): readonly string[] {
  const world = newWorld(resize.from)
  world.elected = elected - 1
  const taken: string[] = []
  for (let time = 0; time < 200; time += 1) {
    const found = nextStep(observeWorld(world, resize), scope)
    if (found.is === 'done') return taken
    if (found.is === 'step' && 'node' in found.step) {
      taken.push(sayStep(found.step))
      for (const _ of carryOut(world, found.step, resize)) pass(world, () => 0)
      const masters = presentIn(world)
      const lowest = Math.min(...masters.map(({ leaders }) => quorumOf(leaders)))
      if (2 * lowest <= masters.length) taken.push('two majorities without a common master')
    }
    pass(world, () => 0)
  }
  return [...taken, 'does not end']
}

test('more leaders: all get the new quorum, the elected one last, and then the new ones start', t => {
  t.deepEqual(steps({ from: 3, to: 5 }, 2), [
    'change seat-1 in place',
    'change seat-3 in place',
    'change seat-2 in place',
    'launch seat-4',
    'launch seat-5',
  ])
})

test('fewer leaders: the surplus ones end first, and then the others get the lower quorum', t => {
  t.deepEqual(steps({ from: 5, to: 3 }, 5), [
    'end seat-4 for good',
    'end seat-5 for good',
    'change seat-2 in place',
    'change seat-3 in place',
    'change seat-1 in place',
  ])
})

test('between any two numbers that are possible, two majorities always have a master in common', t => {
  const odd = fc.integer({ min: 1, max: 6 }).map(half => 2 * half + 1)
  fc.assert(
    fc.property(odd, odd, fc.nat(), (from, to, elected) => {
      fc.pre(from !== to && whyNotResize({ from, to }) === undefined)
      const taken = steps({ from, to }, 1 + (elected % from))
      t.is(taken.length, Math.max(from, to), `${from} to ${to}: ${taken.join(', ')}`)
    }),
  )
})

test('the new quorum must be possible with the leaders that exist, and the former one with those that stay', t => {
  const refused = (from: number, to: number) => {
    const why = whyNotResize({ from, to })
    return why === undefined ? undefined : `${why.message}; ${why.help}`
  }
  for (const [from, to] of [
    [3, 5],
    [5, 9],
    [5, 3],
    [9, 5],
    [7, 5],
    [3, 3],
  ] as const)
    t.is(refused(from, to), undefined)
  t.is(
    refused(3, 7),
    'the number of leaders cannot change from 3 to 7 at once; do it in 2 steps: npm run resize -- --leaders 5, then 7',
  )
  t.regex(refused(3, 11) ?? '', /3 steps: .*--leaders 5, then 9, then 11$/)
  t.regex(refused(7, 3) ?? '', /2 steps: .*--leaders 5, then 3$/)
  for (const one of [refused(1, 3), refused(3, 1)]) t.regex(one ?? '', /would lose .*npm run backup/)
})

/** For each rule, a cluster in which the step without it would be wrong. */
const needed: Readonly<Record<string, readonly [observed: Observed, waits: RegExp, wrong: string]>> = {
  'a seat never has two machines': [
    twice(observe([...some(3, 3, 3), undefined, undefined], { from: 3, to: 5 })),
    /^machines: seat-3 is held by a and b$/,
    'change seat-2 in place',
  ],
  'surplus leaders have ended before a quorum is lowered': [
    observe([of(5), of(5), broken, of(5), of(5)], { from: 5, to: 3 }),
    /^cloud-init: seat-3 finished with errors/,
    'change seat-3 in place',
  ],
  'a leader is added only to a quorum of masters with its quorum': [
    observe([of(5), of(5), undefined, undefined, undefined], { from: 3, to: 5 }),
    /^quorum: seat-3 needs 3 leaders .* there are 2$/,
    'launch seat-3',
  ],
  'the leaders that stay are a quorum': [
    observe([of(5), broken, broken, stopped, of(5)], { from: 5, to: 3 }),
    /^machines: seat-4 ended$/,
    'end seat-4 for good',
  ],
  'all gates are green between two leaders': [
    observe([{ leaders: 3, serves: false }, outside, outside], { from: 3, to: 5 }),
    /^zookeeper: seat-1 does not serve requests$/,
    'change seat-1 in place',
  ],
  'the elected leader is last': [
    observe([...some(3, 3, 3), undefined, undefined], { from: 3, to: 5 }),
    /^change seat-2 in place$/,
    'change seat-1 in place',
  ],
}

function twice(observed: Observed): Observed {
  const seats = observed.seats.map(seat => (seat.name === 'seat-3' ? { ...seat, holders: ['a', 'b'] } : seat))
  return { ...observed, seats }
}

for (const { name } of resizeRules) {
  test(`without this rule, a step would be wrong: ${name}`, t => {
    const [observed, waits, wrong] = needed[name] ?? t.fail()
    t.regex(next(observed), waits)
    t.is(next(observed, name), wrong)
  })
}

test('a ZooKeeper server is not waited for while too few others serve for its list', t => {
  const outsideIn = (all: readonly Given[], resize: Resize) => observe(all, resize).expected.outside
  const up = { from: 3, to: 5 }
  t.deepEqual(outsideIn([outside, ...some(3, 3)], up), ['seat-1'])
  t.deepEqual(outsideIn([of(5), outside, of(3)], up), ['seat-2'])
  t.deepEqual(outsideIn([outside, outside, { leaders: 3, serves: false }], up), [])
  t.deepEqual(outsideIn([{ leaders: 7, serves: false }, ...some(5, 5, 5, 5)], { from: 5, to: 7 }), [])
  t.deepEqual(outsideIn([...some(3, 3), outside], { from: 5, to: 3 }), ['seat-3'])
  t.is(next(observe([of(5), outside, of(3)], up)), 'change seat-3 in place')
})

test('if a leader is lost in between, the same command waits and says how to go back, which is possible', t => {
  const up = { from: 3, to: 5 }
  const back = { from: 5, to: 3 }
  t.is(next(observe([of(5), of(3), undefined, undefined, undefined], up, 2)), 'change seat-2 in place')
  const stuck = nextStep(observe([of(5), of(5), undefined, undefined, undefined], up), scope)
  t.is(stuck.is === 'blocked' && stuck.by.help, 'to go back, run npm run resize -- --leaders 3')
  t.is(next(observe([of(5), of(5), undefined], back, 0)), 'change seat-1 in place')
  t.is(next(observe([of(3), of(5), undefined], back, 0)), 'change seat-2 in place')
  t.is(next(observe([of(3), of(3), undefined], back, 0)), 'election:  0 masters are elected')
  t.is(next(observe([of(3), of(3), undefined], back, 1)), 'launch seat-3')
})

test('a leader whose machine is stopped is started as it is, because the gates wait for it', t => {
  t.is(next(observe([...some(3, 3), stopped], { from: 3, to: 5 })), 'start seat-3')
  t.is(next(observe([of(5), stopped, ...some(5, 5, 5)], { from: 5, to: 3 })), 'start seat-2')
})

test('what does not work meanwhile', t => {
  const outages = (from: number, to: number) => {
    const { outages: number, restarts, mayFail } = interruptionOf({ from, to })
    return [number, restarts, mayFail]
  }
  t.deepEqual(outages(3, 5), [2, 3, 0])
  t.deepEqual(outages(5, 3), [2, 3, 0])
  t.deepEqual(outages(5, 7), [0, 5, 1])
  t.deepEqual(outages(7, 5), [0, 5, 1])
  t.deepEqual(outages(5, 9), [3, 5, 0])
  t.deepEqual(interruptionOf({ from: 5, to: 3 }).majorities, ['3 of 5', '3 of 3', '2 of 3'])
  t.deepEqual(interruptionOf({ from: 3, to: 5 }).votes, ['2 of 3', '3 of 4', '3 of 5'])
})

test('the plan says the order, and what does not work meanwhile', t => {
  const resize = { from: 3, to: 5 }
  const observed = observe([...some(3, 3, 3), undefined, undefined], resize)
  const screen = { style: styleFor({}, {}), columns: 100 }
  const said = sayResize(resizePlan(observed, resize, scope), 'c1 on local', screen)
  t.deepEqual(said.split('\n'), [
    'c1 on local: resize from 3 to 5 leaders, about 5 min',
    '',
    '  ~ leader  seat-2  restart with its disk, for 5 leaders',
    '  ~ leader  seat-3  restart with its disk, for 5 leaders',
    '  ~ leader  seat-1  restart with its disk, for 5 leaders; elected, therefore last',
    '  + leader  seat-4  launch',
    '  + leader  seat-5  launch',
    '',
    'Leaders are changed one at a time, while all health checks pass that can pass. Meanwhile:',
    '  ZooKeeper',
    '      majority 2 of 3, then 3 of 3, then 3 of 5; requests fail during up to 2 of the 3 restarts, for',
    '      about 30 s each',
    '  Mesos log',
    '      majority 2 of 3, then 3 of 3, then 3 of 5; agents and frameworks cannot register meanwhile,',
    '      and up to 3 elections take place',
    '  Consul     majority 2 of 3, then 3 of 4, then 3 of 5; serves requests',
    '  tasks      keep running',
    '  failures   all 3 leaders are required until the first new one has joined',
  ])
})
