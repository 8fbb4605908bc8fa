import type { Finding } from '../../inventory/rules/rule.ts'
import { leadersOf, leadersOnly } from '../draft.ts'
import { quorumOf } from '../quorum.ts'
import type { Rule } from './cluster-rule.ts'

/** How many seats are in each subnet: each in its own, or dealt out over those of the group. */
function seatsBySubnet(
  leaders: number,
  subnets: readonly string[],
  own: (seat: number) => string | undefined,
) {
  const counts = new Map<string | undefined, number>()
  for (let seat = 1; seat <= leaders; seat += 1) {
    const subnet = own(seat) ?? subnets[(seat - 1) % subnets.length]
    counts.set(subnet, (counts.get(subnet) ?? 0) + 1)
  }
  return counts
}

export const zonesAreSpread: Rule = {
  code: 'W001',
  sentence: 'Losing the zone of one subnet leaves a quorum of leaders.',
  why: 'A subnet lies in one availability zone. When a zone that holds too many leaders fails, the others can’t elect one, and the whole cluster stands still. It is what three leaders in two zones look like.',
  example:
    'groups:\n  leaders:\n    vars: { mesos_mode: leader }\n    count: 3\n    subnets: [subnet-a, subnet-b]',
  check: draft =>
    leadersOnly(draft).flatMap((leading): readonly Finding[] => {
      const { group } = leading
      const { leaders } = leadersOf(leading, draft.overrides)
      if (leaders < 3 || leaders % 2 === 0 || group.subnets === undefined) return []
      const counts = seatsBySubnet(leaders, group.subnets, seat => group.seats.get(seat)?.subnet)
      const [fullest, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))
      if (leaders - most >= quorumOf(leaders)) return []
      const message = `${most} of ${leaders} leaders are in ${fullest}; without its zone there is no quorum of ${quorumOf(leaders)}`
      const path = `groups.${group.name}.subnets`
      return [{ path, message, help: 'name subnets of at least three zones' }]
    }),
}
