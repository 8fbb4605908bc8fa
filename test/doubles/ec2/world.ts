import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../../scripts/targets/ec2/api/wait.ts'

/**
 * A simulation whose time advances only with events, and everyone who acts in it. The same seed gives the same history.
 */
export interface World {
  readonly clock: Clock
  /** The next random number of the seed, from 0 to 1 (exclusive). */
  readonly random: () => number
  /** Runs all actors until a promise is settled or no events are left. */
  readonly finish: <T>(acting: Promise<T>) => Promise<T>
  /** Lets time pass without any events. */
  readonly pass: (ms: number) => void
  readonly at: (ms: number, event: () => void) => void
  /** Every call in the order of its effect, for debugging. */
  readonly trace: string[]
}

/** Someone who makes calls: a run of a command. */
export interface Actor {
  readonly name: string
  calls: number
  /** The actor dies at this call, before or after the call takes effect. */
  dies?: { readonly call: number; readonly when: 'before' | 'after' }
  /** The actor pauses after this many of its calls have taken effect, until it is resumed. */
  pausesAfter?: number
  dead: boolean
  /** Settles when it dies or pauses. */
  readonly stopped: Promise<void>
  stop: () => void
  held: (() => void)[]
}

interface Event {
  readonly at: number
  readonly order: number
  readonly fire: () => void
}

/** Creates a simulation. Its time always starts at the same moment. */
export function makeWorld(seed: number): World {
  let now = Date.parse('2026-11-26T08:00:00Z')
  let order = 0
  const events: Event[] = []
  const random = randomFrom(seed)
  const at = (ms: number, fire: () => void) => {
    order += 1
    events.push({ at: now + ms, order, fire })
  }
  return {
    clock: { now: () => now, sleep: ms => new Promise(done => at(ms, () => done(undefined))) },
    random,
    at,
    trace: [],
    pass: ms => {
      now += ms
    },
    async finish(acting) {
      let settled = false
      const done = () => {
        settled = true
      }
      acting.then(done, done)
      for (;;) {
        await turn()
        if (settled) return acting
        const next = earliest(events)
        if (next === undefined) throw new Error('no events are left, but an actor is still waiting')
        now = Math.max(now, next.at)
        next.fire()
      }
    },
  }
}

function earliest(events: Event[]): Event | undefined {
  let best = 0
  for (const [index, { at, order }] of events.entries()) {
    const other = events[best] as Event
    if (at < other.at || (at === other.at && order < other.order)) best = index
  }
  return events.splice(best, 1)[0]
}

/** mulberry32: small, and with the same results on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Creates an actor. */
export function makeActor(name: string, plan: Pick<Actor, 'dies' | 'pausesAfter'> = {}): Actor {
  let stop = () => {}
  const stopped = new Promise<void>(resolve => {
    stop = resolve
  })
  return { name, calls: 0, dead: false, stopped, stop, held: [], ...plan }
}

/** Resumes a paused actor. */
export function goOn(world: World, actor: Actor): void {
  delete actor.pausesAfter
  for (const event of actor.held.splice(0)) world.at(0, event)
}

/**
 * A call by an actor: the request takes some time to arrive, has its effect at a single moment, and the response takes
 * some time as well.
 *
 * @param effect carries out the call; what it throws becomes the response
 * @param after inspects the simulation after every effect
 */
export function call<T>(
  world: World,
  actor: Actor,
  what: string,
  effect: () => T,
  after: () => void,
): Promise<T> {
  const latency = () => 20 + world.random() * 200
  return new Promise((resolve, reject) => {
    const arrive = () => {
      if (actor.dead) return
      if (actor.pausesAfter !== undefined && actor.calls >= actor.pausesAfter) {
        actor.held.push(arrive)
        actor.stop()
        return
      }
      actor.calls += 1
      const dies = actor.dies?.call === actor.calls ? actor.dies.when : undefined
      if (dies === 'before') return die(actor)
      const answer = answerOf(effect, resolve, reject)
      world.trace.push(
        `${new Date(world.clock.now()).toISOString().slice(11, 23)} ${actor.name} ${what}${answer.said}`,
      )
      after()
      if (dies === 'after') return die(actor)
      world.at(latency(), () => {
        if (!actor.dead) answer.give()
      })
    }
    world.at(latency(), arrive)
  })
}

function die(actor: Actor): void {
  actor.dead = true
  actor.stop()
}

function answerOf<T>(effect: () => T, resolve: (value: T) => void, reject: (error: unknown) => void) {
  try {
    const value = effect()
    return { said: '', give: () => resolve(value) }
  } catch (error) {
    return { said: ` → ${(error as Error).name}`, give: () => reject(error) }
  }
}

/** An error in the form that the SDK throws. */
export function awsError(code: string, message: string = code): Error {
  return Object.assign(new Error(message), { name: code, $metadata: {} })
}
