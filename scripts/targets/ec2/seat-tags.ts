import { holdsSeat } from './actual.ts'
import type { Facts } from './facts.ts'
import type { Step } from './step.ts'

/**
 * A change for every leader whose machine lacks tags of the inventory, or has them with other values. Tags that the
 * inventory doesn't name stay: they may be somebody else's.
 */
export function tagSteps({ cluster, actual }: Facts): readonly Step[] {
  return actual.machines.flatMap(machine => {
    const { placement, id, seat } = machine
    const name = cluster.seats.find(one => one.seat === seat)?.name
    if (placement === undefined || name === undefined || !holdsSeat(machine)) return []
    const tags = missingTags(cluster.tags, placement.tags)
    if (Object.keys(tags).length === 0) return []
    const targets = [id, ...placement.parts]
    return [{ id: `tags of ${id}`, needs: [], action: 'update', kind: 'tags', name, targets, tags }]
  })
}

/** The tags that are missing, or have another value. */
export function missingTags(
  asked: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(asked).filter(([key, value]) => present[key] !== value))
}
