import type { Finding } from '../../inventory/rules/rule.ts'
import { leadersIn, leadersOf, leadersOnly } from '../draft.ts'
import { leadersTrouble } from '../quorum.ts'
import type { Rule } from './cluster-rule.ts'

export const leadersAreOdd: Rule = {
  code: 'E012',
  sentence: 'The number of leaders is odd.',
  why: 'An even number tolerates no more failures than the odd one below it, and Mesos, which takes the number of its masters to be 2 × quorum − 1, can’t express it.',
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
  sentence: 'Exactly one group leads.',
  why: 'Leaders have numbered seats, and every seat is one vote. Two groups of leaders would be two clusters under one name.',
  example: 'groups:\n  web: { min: 2 }',
  check: draft => {
    const [first, ...others] = leadersIn(draft)
    if (first === undefined) {
      const help = 'give one group vars: { mesos_mode: leader } or mixed'
      return [{ path: 'groups', at: 'key', message: 'no group leads', help }]
    }
    return others.map(({ group }): Finding => {
      const message = `leads, and so does ${first.group.name}`
      const help = 'only one group may be leader or mixed'
      return { path: `groups.${group.name}`, at: 'key', message, help }
    })
  },
}

export const leadersTakeCount: Rule = {
  code: 'E014',
  sentence: 'Leaders have a fixed number, `count`, and no bounds.',
  why: 'A group of leaders that could grow by itself would have more masters than its quorum allows, which can corrupt Mesos’ replicated log.',
  example: 'groups: { leaders: { vars: { mesos_mode: leader }, min: 3 } }',
  check: draft =>
    leadersOnly(draft).flatMap(({ group }) =>
      (['min', 'max'] as const)
        .filter(key => group[key] !== undefined)
        .map((key): Finding => {
          const path = `groups.${group.name}.${key}`
          return { path, at: 'key', message: 'is for followers', help: 'leaders take count' }
        }),
    ),
}
