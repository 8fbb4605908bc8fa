import { Path } from '../../inventory/problem-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { leadersIn, leadersOf, leadersOnly } from '../draft.ts'
import { leadersTrouble } from '../quorum.ts'
import type { Rule } from './cluster-rule.ts'

export const leadersAreOdd: Rule = {
  code: 'E012',
  sentence: 'The number of leaders must be odd.',
  why: 'An even number tolerates no more failures than the next lower odd number. Mesos does not support an even number: it assumes that there are 2 × quorum − 1 masters.',
  example: 'groups: { leaders: { vars: { mesos_mode: leader }, count: 4 } }',
  check: draft =>
    leadersOnly(draft).flatMap(group => {
      const { leaders, path } = leadersOf(group, draft.overrides)
      const trouble = leadersTrouble(leaders)
      return trouble === undefined ? [] : [{ path, ...trouble }]
    }),
}

export const oneGroupLeads: Rule = {
  code: 'E013',
  sentence: 'Exactly one group must have the mode leader or mixed.',
  why: 'Leaders have numbered seats, and each seat is one vote. Two groups of leaders would form two clusters with one name.',
  example: 'groups:\n  web: { min: 2 }',
  check: draft => {
    const [first, ...others] = leadersIn(draft)
    if (first === undefined) {
      const help = 'set vars: { mesos_mode: leader } (or mixed) in one group'
      return [
        {
          path: Path.inInventory('groups'),
          at: 'key',
          message: 'no group has the mode leader or mixed',
          help,
        },
      ]
    }
    return others.map(({ group }): Finding => {
      const message = `has the mode leader or mixed, and so does ${first.group.name}`
      const help = 'only one group can have one of these modes'
      return { path: Path.inInventory('groups', group.name), at: 'key', message, help }
    })
  },
}

export const leadersTakeCount: Rule = {
  code: 'E014',
  sentence: 'Leaders must use `count`, not `min` and `max`.',
  why: 'A group of leaders that scales by itself could have more masters than its quorum allows, which can corrupt the replicated log of Mesos.',
  example: 'groups: { leaders: { vars: { mesos_mode: leader }, min: 3 } }',
  check: draft =>
    leadersOnly(draft).flatMap(({ group }) =>
      (['min', 'max'] as const)
        .filter(key => group[key] !== undefined)
        .map((key): Finding => {
          const path = Path.inInventory('groups', group.name, key)
          return { path, at: 'key', message: 'applies to followers only', help: 'use count for leaders' }
        }),
    ),
}
