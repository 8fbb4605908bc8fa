import { quorumOf } from '../cluster/quorum.ts'
import type { Expected, Seen } from '../health/seen.ts'
import type { Resize, RollSeat } from './observed.ts'

// Changing the number of leaders of a running cluster. The Mesos operational guide: to increase the quorum, restart the
// existing masters with the new quorum one by one, then start new masters; to decrease it, stop the surplus masters for
// good, then restart the others with the lower quorum one by one.

/**
 * Why the number of leaders cannot change like this, and what to do instead. Undefined if it can.
 *
 * An empty replica of the Mesos log recovers only from a quorum of voting ones, so the leaders that exist must be a quorum
 * of the new number. For the same reason, those that stay must be a quorum of the former number.
 */
export function whyNotResize({ from, to }: Resize): { message: string; help: string } | undefined {
  const [few, many] = from < to ? [from, to] : [to, from]
  if (many <= 2 * few - 1) return undefined
  if (few === 1) {
    const lost =
      'what their replicated log contains: quotas, weights, maintenance schedules and removed agents'
    return {
      message:
        `a cluster cannot change from ${from} to ${to} leaders while it runs: a single leader and several leaders never ` +
        `share a quorum, so the Mesos masters would lose ${lost}`,
      help: `run npm run backup, npm run destroy, npm run launch -- --leaders ${to}, and npm run restore`,
    }
  }
  const [first, ...others] = stepsBetween({ from, to })
  return {
    message: `the number of leaders cannot change from ${from} to ${to} at once`,
    help: `do it in ${others.length + 1} steps: npm run resize -- --leaders ${first}, then ${others.join(', then ')}`,
  }
}

/** The numbers of leaders on the way, each as far from the one before as possible. */
function stepsBetween({ from, to }: Resize): readonly number[] {
  // The smallest odd number of which `from` leaders are at most 2N - 1.
  const down = Math.floor((from + 1) / 4) * 2 + 1
  const next = from < to ? Math.min(to, 2 * from - 1) : Math.max(to, down)
  return next === to ? [to] : [next, ...stepsBetween({ from: next, to })]
}

/** What works while the number of leaders changes. */
export interface Interruption {
  /** The majorities of the Mesos log and of ZooKeeper, in this order. */
  readonly majorities: readonly string[]
  /** The votes that Consul needs. Consul counts its servers itself. */
  readonly votes: readonly string[]
  /** During how many restarts at the most ZooKeeper and the registry of Mesos cannot be written. */
  readonly outages: number
  readonly restarts: number
  /** How many leaders may fail at the stage with the least reserve. */
  readonly mayFail: number
}

/** Works out which majorities are needed in each state between two numbers of leaders. */
export function interruptionOf({ from, to }: Resize): Interruption {
  const few = Math.min(from, to)
  const high = quorumOf(Math.max(from, to))
  const steps = from < to ? [few, few, to] : [from, few, few]
  const quorums = from < to ? [quorumOf(from), high, high] : [high, high, quorumOf(to)]
  const numbers = Array.from({ length: Math.abs(to - from) + 1 }, (_, index) =>
    from < to ? from + index : from - index,
  )
  // A server with the longer list serves only with a majority of that list. If all leaders are that majority, nothing
  // serves while one of them restarts, unless the others are a majority by the shorter list.
  const outages = high < few ? 0 : from < to ? quorumOf(from) : few - 1
  return {
    majorities: quorums.map((quorum, index) => `${quorum} of ${steps[index]}`),
    votes: numbers.map(number => `${quorumOf(number)} of ${number}`),
    outages,
    restarts: few,
    mayFail: few - high,
  }
}

/** Those that hold a seat. */
export function present(seats: readonly RollSeat[]): readonly RollSeat[] {
  return seats.filter(({ holders }) => holders.length > 0)
}

/** The highest quorum that a leader was started with. */
export function quorumInUse(seats: readonly RollSeat[]): number {
  return Math.max(0, ...present(seats).map(({ leaders = 0 }) => quorumOf(leaders)))
}

/**
 * Whether ZooKeeper can have a majority: one of all leaders by the longest list in use. Without one, no gate of ZooKeeper
 * or Mesos can be green, and the next leader is changed nevertheless, because this is the only way to get one.
 */
export function canServe(seats: readonly RollSeat[]): boolean {
  return present(seats).length >= quorumInUse(seats)
}

/** What can be expected of a healthy cluster between two steps. */
export function stageOf(
  seats: readonly RollSeat[],
  { from, to }: Resize,
  seen: readonly Seen[],
): Pick<Expected, 'leaders' | 'quorum' | 'otherQuorum' | 'outside'> {
  const all = present(seats)
  const isMixed = all.some(({ leaders }) => leaders !== to)
  return {
    leaders: all.length,
    quorum: quorumOf(isMixed ? from : to),
    otherQuorum: isMixed ? quorumOf(to) : undefined,
    outside: outsideOf(all, seen),
  }
}

/**
 * The leaders whose ZooKeeper servers cannot join the others: a server joins only once a majority by its own list follows
 * the same leader (FastLeaderElection, `outofelection`). If fewer serve by a shorter list, it waits until they elect again.
 */
function outsideOf(seats: readonly RollSeat[], seen: readonly Seen[]): readonly string[] {
  const modeOf = (node: Seen | undefined) => node?.report?.zookeeper?.mode
  const serving = seen.filter(node => modeOf(node) === 'leader' || modeOf(node) === 'follower')
  if (!serving.some(node => modeOf(node) === 'leader')) return []
  return seats.flatMap(({ name, leaders = 0 }) => {
    const serves = serving.some(node => node.name === name)
    return serves || serving.length >= quorumOf(leaders) ? [] : [name]
  })
}
