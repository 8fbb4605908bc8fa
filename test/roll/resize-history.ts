import { nextStep } from '../../scripts/roll/next-step.ts'
import type { Resize } from '../../scripts/roll/observed.ts'
import { whyNotResize } from '../../scripts/roll/resize.ts'
import type { Rule } from '../../scripts/roll/roll-rules.ts'
import type { LeaderStep } from '../../scripts/roll/roll-step.ts'
import {
  Broken,
  isAlive,
  nameOf,
  newLeader,
  newWorld,
  observe,
  pass,
  presentIn,
  type Random,
  spread,
  type World,
} from './resize-world.ts'

// Operators who run `npm run resize`, are killed, and run it again, while machines stop or are lost.

const scope = { leaders: true, pools: [], share: 0.95, atStart: new Map() }

/** The change that a command makes. Undefined if it is refused. */
function changeTo(world: World, to: number): Resize | undefined {
  const { record } = world
  const [first] = presentIn(world)
  const whole = presentIn(world).length === (first?.leaders ?? 0)
  if (record === undefined && !whole) return undefined
  const from = record === undefined ? (first?.leaders ?? 0) : record.to === to ? record.from : record.to
  if (record !== undefined && to !== record.to && to !== record.from) return undefined
  return whyNotResize({ from, to }) === undefined ? { from, to } : undefined
}

/** A running command: carries out one part of a step at each call. */
function* operate(world: World, to: number, rules: readonly Rule[]): Generator<string, string> {
  const resize = changeTo(world, to)
  if (resize === undefined) return 'refused'
  if (resize.from === resize.to) return 'done'
  for (let waited = 0; waited < 12; ) {
    spread(world)
    const next = nextStep(observe(world, resize), scope, rules)
    if (next.is === 'done') {
      world.record = undefined
      return 'done'
    }
    if (next.is === 'step') {
      world.record = resize
      waited = 0
      yield* carryOut(world, next.step as LeaderStep, resize)
      continue
    }
    if (!next.by.passes) return 'stopped'
    waited += 1
    yield 'waits'
  }
  return 'stopped'
}

/** Carries out a step, one part of it at each call. */
export function* carryOut(world: World, { does, node }: LeaderStep, { to }: Resize): Generator<string> {
  const seat = Number(/\d+$/.exec(node)?.[0]) - 1
  const one = world.seats[seat]
  if (does === 'add') {
    if (one !== undefined) throw new Broken(`${node} gets a second machine`)
    world.seats[seat] = newLeader(world, to)
    return yield 'added'
  }
  if (one === undefined) return
  if (does === 'start') {
    Object.assign(one, { running: true, boot: 2 })
    return yield 'started'
  }
  refuseWrongTurn(world, seat, does, to)
  one.running = false
  if (does === 'end') {
    world.peers.delete(one.id)
    yield 'stopped'
    world.seats[seat] = undefined
    return yield 'ended'
  }
  yield 'stopped'
  one.leaders = to
  yield 'changed'
  Object.assign(one, { running: true, boot: 2 })
  yield 'started'
}

/** A leader that works is changed only while all others work, and the elected one last. */
function refuseWrongTurn(world: World, seat: number, does: LeaderStep['does'], to: number): void {
  if (!isAlive(world.seats[seat])) return
  const others = world.seats.flatMap((one, index) =>
    one === undefined || index === seat ? [] : [{ one, index }],
  )
  const down = others.find(({ one }) => !isAlive(one))
  if (down !== undefined) throw new Broken(`${nameOf(seat)} is taken while ${nameOf(down.index)} is down`)
  const alike = others.filter(({ one, index }) =>
    does === 'end' ? index >= to : index < to && one.leaders !== to,
  )
  if (world.elected === seat && alike.length > 0)
    throw new Broken(`${nameOf(seat)} is elected and taken first`)
}

/**
 * A random history of a cluster whose number of leaders changes.
 *
 * @returns what was broken; undefined if nothing was
 */
export function history(seed: number, rules: readonly Rule[]): string | undefined {
  const random = randomOf(seed)
  const world = newWorld([3, 5, 7][random(3)] ?? 3)
  const most = { lost: 1 }
  let running: Generator<string, string> | undefined
  try {
    for (let event = 0; event < 120; event += 1) {
      const which = random(12)
      if (which < 4) pass(world, random)
      else if (which === 4) running = operate(world, [3, 5, 7, 9][random(4)] ?? 3, rules)
      // The command is killed.
      else if (which === 5 && random(4) === 0) running = undefined
      else if (which === 6 && random(3) === 0) misfortune(world, random, most)
      else if (running?.next().done) running = undefined
    }
    return wayForward(world, random, rules)
  } catch (error) {
    if (error instanceof Broken) return error.message
    throw error
  }
}

/** A machine stops, does not come up, or is lost. Only one is lost, while all others work. */
function misfortune(world: World, random: Random, most: { lost: number }): void {
  const seat = random(world.seats.length)
  const one = world.seats[seat]
  const kind = random(3)
  if (one === undefined) return
  if (kind === 0) one.running = false
  else if (kind === 1) one.boot = Number.POSITIVE_INFINITY
  else if (most.lost > 0 && presentIn(world).every(other => isAlive(other) && other.serves)) {
    world.seats[seat] = undefined
    most.lost -= 1
  }
}

/** The command that was interrupted ends, in one of the two directions, and then everything works. */
function wayForward(world: World, random: Random, rules: readonly Rule[]): string | undefined {
  // Someone repairs what does not come up.
  for (const one of presentIn(world)) if (one.boot > 2) one.boot = 2
  for (let attempt = 0; attempt < 8; attempt += 1) {
    for (let time = 0; time < 8; time += 1) pass(world, random)
    if (world.record === undefined) {
      launch(world)
      for (let time = 0; time < 12; time += 1) pass(world, random)
      return isWhole(world)
    }
    const { from, to } = world.record
    const command = operate(world, attempt % 2 === 0 ? to : from, rules)
    for (let parts = 0; parts < 500 && command.next().done !== true; parts += 1) pass(world, random)
  }
  return `no way forward: ${JSON.stringify({ ...world, peers: [...world.peers] })}`
}

/** `npm run launch` starts stopped machines, and fills empty seats. */
function launch(world: World): void {
  const leaders = presentIn(world)[0]?.leaders ?? 0
  for (let seat = 0; seat < leaders; seat += 1) {
    const one = world.seats[seat]
    if (one === undefined) world.seats[seat] = newLeader(world, leaders)
    else if (!one.running) Object.assign(one, { running: true, boot: 2 })
  }
}

function isWhole(world: World): string | undefined {
  const all = presentIn(world)
  const numbers = new Set(all.map(({ leaders }) => leaders))
  if (numbers.size !== 1 || !numbers.has(all.length))
    return `leaders for ${[...numbers]}, ${all.length} machines`
  const behind = all.find(
    one => !isAlive(one) || !one.serves || one.log !== 'voting' || !world.peers.has(one.id),
  )
  if (behind !== undefined) return `not whole: ${JSON.stringify(behind)}`
  return world.peers.size === all.length ? undefined : `Consul counts ${world.peers.size} servers`
}

/** Numbers below a limit, always the same ones for the same seed (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
