import { tag } from '../../cluster/tags.ts'
import type { Health } from '../../health/health.ts'
import { expectedOf, type Seen } from '../../health/seen.ts'
import { holdsSeat } from '../../plan/machines.ts'
import type { Observed, RollMachine, RollPool, RollSeat } from '../../roll/observed.ts'
import type { ActualMachines, ActualPool, Canary } from './actual.ts'
import type { Facts } from './facts.ts'
import { followersOf } from './hearing.ts'
import { currentVersion, seatChange, templateHashes } from './out-of-date.ts'
import { isEnlarged } from './pool.ts'

// What a rolling update needs to know about a cluster on EC2.

/** The pools with the canaries that were started for them, so that canaries are heard like other followers. */
export function withCanaries<A extends ActualMachines>(actual: A, canaries: readonly Canary[]): A {
  const pools = actual.pools.map(pool => {
    const own = canaries.filter(({ group, running }) => group === pool.group && running)
    const machines = own.map(({ id, version }) => ({ id, inService: true, templateVersion: version }))
    return { ...pool, desired: pool.desired + own.length, machines: [...pool.machines, ...machines] }
  })
  return { ...actual, pools }
}

/**
 * What a rolling update decides by.
 *
 * @param all the health of the cluster, including its canaries
 * @param health the health of the cluster without its canaries
 */
export function observedOn(facts: Facts, canaries: readonly Canary[], all: Health, health: Health): Observed {
  const followers = followersOf(facts.cluster, facts.actual).length
  const [elected] = all.seen.filter(({ report }) => report?.master?.elected)
  return {
    seats: seatsOf(facts),
    pools: facts.cluster.pools.flatMap(({ name }) => {
      const pool = facts.actual.pools.find(one => one.name === name)
      return pool === undefined ? [] : [poolOf(facts, pool, canaries, all.seen)]
    }),
    seen: health.seen,
    gates: health.gates,
    expected: expectedOf(facts.cluster, followers),
    tasks: elected?.report?.master?.tasks ?? undefined,
  }
}

/** Every seat, with what must be changed. */
function seatsOf(facts: Facts): readonly RollSeat[] {
  return facts.cluster.seats.map(seat => {
    const holders = facts.actual.machines.filter(one => one.seat === seat.seat && holdsSeat(one))
    const [holder] = holders
    const none = { change: 'nothing', reasons: [] } as const
    const changed = holder === undefined ? none : seatChange(facts, seat, holder)
    return { name: seat.name, holders: holders.map(({ id }) => id), ...changed }
  })
}

function poolOf(
  facts: Facts,
  pool: ActualPool,
  canaries: readonly Canary[],
  seen: readonly Seen[],
): RollPool {
  const version = currentVersion(facts, pool.name, templateHashes(facts))
  const isCurrent = (one: number | undefined) => version !== undefined && one === version
  const own = canaries.filter(({ group }) => group === pool.group)
  const machines = pool.machines.filter(({ leaving }) => leaving !== true)
  const proven = version !== undefined && pool.pin === String(version)
  return {
    name: pool.name,
    size: Number(pool.tags[tag.size] ?? pool.desired),
    desired: pool.desired,
    proven,
    enlarged: isEnlarged(pool),
    ending: pool.machines.flatMap(({ id, leaving }) => (leaving === true ? [id] : [])),
    machines: [
      ...machines.map(({ id, templateVersion }): RollMachine => {
        const node = seen.find(({ name }) => name === id)
        const registered = node?.counted === true || node?.report?.agent?.registered === true
        const atRisk = facts.warnings?.has(id) === true
        return { name: id, current: !atRisk && isCurrent(templateVersion), registered, canary: false, atRisk }
      }),
      ...own.map(({ id, version: started }): RollMachine => {
        // The elected master may count an agent that has just ended, so only its own report counts.
        const registered = seen.find(({ name }) => name === id)?.report?.agent?.registered === true
        return { name: id, current: isCurrent(started), registered, canary: true }
      }),
    ],
    reasons: [
      ...machines.flatMap(({ id }) =>
        (facts.warnings?.get(id) ?? []).map(({ message }) => `${id}: ${message}`),
      ),
      ...(proven && machines.every(one => isCurrent(one.templateVersion))
        ? []
        : ['outdated launch template']),
    ],
  }
}
