import { rules } from '../../scripts/roll/roll-rules.ts'
import { Broken, check, type Habits, operate } from './operator.ts'
import { endFollower, hasLog, hasVotes, hasZookeeper, newWorld, observe, pass, type World } from './world.ts'

/** The habits of the product. */
export const product: Habits = { rules, fresh: true, locks: true, terminatesFirst: true }

/** Random numbers that depend on the seed alone (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/**
 * A random history: the inventory changes, operators roll and are killed after any part of a step, machines and daemons
 * end, EC2 retires machines, and time passes. At its end, a roll without further failures must bring the cluster to its inventory.
 *
 * @returns what was broken; undefined if nothing was
 */
export function history(seed: number, habits: Habits): string | undefined {
  const random = randomOf(seed)
  const world = newWorld([1, 3, 3, 5][random(4)] ?? 3, 1 + random(4))
  const running: Generator<string, string>[] = []
  try {
    for (let event = 0; event < 60; event += 1) {
      happen(world, random, running, habits, event)
      check(world)
    }
    return wayForward(world, habits)
  } catch (error) {
    if (error instanceof Broken) return error.message
    throw error
  }
}

function happen(
  world: World,
  random: (below: number) => number,
  running: Generator<string, string>[],
  habits: Habits,
  event: number,
): void {
  const which = random(21)
  if (which === 20) {
    retire(world, random)
    return
  }
  if (which < 4) {
    pass(world)
    return
  }
  if (which === 4 && event < 40) {
    world.wanted += 1
    if (random(3) === 0) world.bad.add(world.wanted)
    return
  }
  if (which === 5 && running.length < 2) {
    running.push(operate(world, event, habits))
    return
  }
  // A kill: the generator is never resumed, so that its lock stays.
  if (which === 6 && running.length > 0) {
    running.splice(random(running.length), 1)
    return
  }
  if (which === 7) {
    misfortune(world, random)
    return
  }
  const index = random(Math.max(1, running.length))
  if (running[index]?.next().done) running.splice(index, 1)
  if (random(3) === 0) pass(world)
}

/** EC2 announces that it will retire a machine. */
function retire(world: World, random: (below: number) => number): void {
  const all = [...world.seats.flat(), ...world.pool.machines]
  const one = all[random(all.length)]
  if (one !== undefined) one.atRisk = true
}

/** A machine or a daemon ends. A history never loses a quorum this way, because nothing could bring it back. */
function misfortune(world: World, random: (below: number) => number): void {
  if (random(2) === 0) {
    const machines = world.pool.machines
    endFollower(world, machines[random(Math.max(1, machines.length))]?.id ?? 0)
    return
  }
  const seat = random(world.leaders)
  const [one] = world.seats[seat] ?? []
  if (one === undefined || world.leaders === 1) return
  const before = { ...one }
  if (random(2) === 0) Object.assign(one, { zookeeperDown: !one.zookeeperDown, synced: false })
  else world.seats[seat] = []
  if (hasLog(world) && hasZookeeper(world) && hasVotes(world)) return
  Object.assign(one, before)
  world.seats[seat] = [one]
}

/** Everything that someone stopped runs again, and a roll with settings that work ends. */
function wayForward(world: World, habits: Habits): string | undefined {
  world.wanted += 1
  for (const one of world.seats.flat()) one.zookeeperDown = false
  for (let attempt = 0; attempt < 10; attempt += 1) {
    // The lock of an operator that was killed is left behind after a while.
    for (let time = 0; time < 12; time += 1) pass(world)
    const roll = operate(world, 1_000 + attempt, habits)
    for (let parts = 0; parts < 1_000; parts += 1) {
      const { done, value } = roll.next()
      check(world)
      pass(world)
      if (done && value === 'done') return isDone(world)
      if (done) break
    }
  }
  return `no way forward: ${JSON.stringify(world)}`
}

function isDone(world: World): string | undefined {
  const { seats, pools, gates } = observe(world, world.wanted)
  const old = seats.filter(({ change, holders }) => change !== 'nothing' || holders.length !== 1)
  const [pool] = pools
  if (old.length > 0 && world.leaders > 1) return `out of date: ${old.map(({ name }) => name).join(', ')}`
  if (pool === undefined || pool.enlarged || !pool.proven || pool.machines.some(({ current }) => !current))
    return 'the pool is out of date'
  if (pool.machines.length !== pool.size) return `${pool.machines.length} followers instead of ${pool.size}`
  return gates.every(({ state }) => state === 'green') ? undefined : 'a gate is not green'
}
