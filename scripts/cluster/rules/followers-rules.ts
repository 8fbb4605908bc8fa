import { suggestion } from '../../inventory/nearest.ts'
import { helping } from '../../inventory/problems.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { poolsIn, sizeOf } from '../draft.ts'
import type { Rule } from './cluster-rule.ts'

const leaders = '  leaders: { vars: { mesos_mode: leader } }'

export const followersTakeMinAndMax: Rule = {
  code: 'E015',
  sentence: 'Followers have bounds, `min` and `max`, and neither `count` nor seats.',
  why: 'A pool is an Auto Scaling group: its machines come and go, and share one user-data.',
  example: `groups:\n${leaders}\n  web: { count: 3 }`,
  check: draft =>
    poolsIn(draft).flatMap(({ group }): readonly Finding[] => {
      const forLeaders = { at: 'key', message: 'is for leaders' } as const
      const path = `groups.${group.name}`
      const count = { ...forLeaders, path: `${path}.count`, help: 'followers take min and max' }
      const seats = { ...forLeaders, path: `${path}.seats`, help: 'followers have no seats' }
      return [...(group.count === undefined ? [] : [count]), ...(group.seats.size === 0 ? [] : [seats])]
    }),
}

export const followersNameTheirPool: Rule = {
  code: 'E016',
  sentence: 'Where there are several pools, `--followers` names one that is there.',
  why: 'Otherwise a number meant for one pool would resize another.',
  check: ({ overrides: { followers }, ...draft }) => {
    if (followers === undefined) return []
    const pools = draft.groups.filter(group => !group.leads).map(({ group }) => group.name)
    const refuse = (message: string, help?: string): readonly Finding[] => [
      { path: '--followers', message, ...helping(help) },
    ]
    if (pools.length === 0) return refuse('there is no group of followers to size')
    if (followers.pool === undefined) {
      const way = `say which one: --followers ${pools[0]}=${followers.max}`
      return pools.length === 1 ? [] : refuse(`there are ${pools.length} groups of followers`, way)
    }
    if (pools.includes(followers.pool)) return []
    const known = `there are ${pools.slice(0, 10).join(', ')}`
    return refuse(
      `no group of followers is named ${followers.pool}`,
      suggestion(followers.pool, pools) ?? known,
    )
  },
}

export const minIsNotAboveMax: Rule = {
  code: 'E017',
  sentence: 'The least size of a pool isn’t above the largest.',
  why: 'Auto Scaling would refuse the group.',
  example: `groups:\n${leaders}\n  web: { min: 3, max: 2 }`,
  check: draft =>
    poolsIn(draft).flatMap(following => {
      const { min, max, path } = sizeOf(following, draft.overrides)
      if (min <= max) return []
      const bound = following.group.min === undefined ? 'max' : 'min'
      const place = path.startsWith('--') ? path : `${path}.${bound}`
      return [{ path: place, message: `min ${min} is above max ${max}`, help: 'swap them or raise max' }]
    }),
}
