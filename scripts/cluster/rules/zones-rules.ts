import { Path } from '../../inventory/problem-path.ts'
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
  sentence: 'A quorum of leaders should survive the loss of one availability zone.',
  why: 'A subnet is in one availability zone. If a zone with too many leaders fails, the remaining leaders cannot elect a leader and the cluster stops. This is the case for three leaders in two zones.',
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
      const message = `${most} of ${leaders} leaders are in ${fullest}; if its zone fails, the quorum of ${quorumOf(leaders)} is lost`
      const path = Path.inInventory('groups', group.name, 'subnets')
      return [{ path, message, help: 'use subnets in at least three zones' }]
    }),
}
