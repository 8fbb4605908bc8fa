import type { Health } from '../../health/health.ts'
import { expectedOf, type Seen } from '../../health/seen.ts'
import { holdsSeat } from '../../plan/machines.ts'
import type { Observed, RollPool, RollSeat } from '../../roll/observed.ts'
import { followersOf, reasonsOf } from './container.ts'
import type { ContainerFacts } from './plan.ts'
import { seatChange } from './plan-container-replacement.ts'

/** What a rolling update in containers decides by. */
export function observedIn(facts: ContainerFacts, { seen, gates }: Health): Observed {
  const [elected] = seen.filter(({ report }) => report?.master?.elected)
  const followers = seen.filter(({ leads }) => !leads).length
  return {
    seats: facts.cluster.seats.map((seat): RollSeat => {
      const holders = facts.actual.containers.filter(one => one.seat === seat.seat && holdsSeat(one))
      return { name: seat.name, holders: holders.map(({ id }) => id), ...seatChange(facts, seat.name) }
    }),
    pools: facts.cluster.pools.map(pool => poolOf(facts, pool, seen)),
    seen,
    gates,
    expected: expectedOf(facts.cluster, followers),
    tasks: elected?.report?.master?.tasks ?? undefined,
  }
}

// A pool of containers has no setting for the containers that are started. New settings are proven once a container with
// them is registered.
function poolOf(
  facts: ContainerFacts,
  { name, group, min }: ContainerFacts['cluster']['pools'][number],
  seen: readonly Seen[],
): RollPool {
  const all = followersOf(facts.actual.containers, group).filter(holdsSeat)
  const machines = all.map(container => ({
    name: container.name,
    current: reasonsOf(facts, name, container).length === 0,
    registered: seen.find(one => one.name === container.name)?.report?.agent?.registered === true,
    started: container.canary === true,
  }))
  const proven =
    machines.every(({ current }) => current) ||
    machines.some(({ current, registered }) => current && registered)
  const reasons = all.flatMap(container => reasonsOf(facts, name, container))
  return {
    name,
    size: min,
    desired: machines.length,
    proven,
    enlarged: machines.length > min,
    // A container is removed once it is drained, before the next observation.
    ending: [],
    machines: machines.map(({ started, ...one }) => ({ ...one, canary: started && one.current && !proven })),
    reasons: [...new Set(reasons)],
  }
}
