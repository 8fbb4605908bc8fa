import { suggestion } from '../../inventory/nearest.ts'
import { Path } from '../../inventory/problem-path.ts'
import { helping } from '../../inventory/problems.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { poolsIn, sizeOf } from '../draft.ts'
import type { Rule } from './cluster-rule.ts'

const leaders = '  leaders: { vars: { mesos_mode: leader } }'

export const followersTakeMinAndMax: Rule = {
  code: 'E015',
  sentence: 'Follower groups must use `min` and `max`, not `count` or `seats`.',
  why: 'A pool of followers is an Auto Scaling group: instances are added and removed, and all share the same user data.',
  example: `groups:\n${leaders}\n  web: { count: 3 }`,
  check: draft =>
    poolsIn(draft).flatMap(({ group }): readonly Finding[] => {
      const forLeaders = { at: 'key', message: 'applies to leaders only' } as const
      const path = Path.inInventory('groups', group.name)
      const count = { ...forLeaders, path: path.below('count'), help: 'use min and max for followers' }
      const seats = { ...forLeaders, path: path.below('seats'), help: 'remove it; followers have no seats' }
      return [...(group.count === undefined ? [] : [count]), ...(group.seats.size === 0 ? [] : [seats])]
    }),
}

export const followersNameTheirPool: Rule = {
  code: 'E016',
  sentence: 'With several pools, `--followers` must name an existing one.',
  why: 'Otherwise a size meant for one pool could resize another.',
  check: ({ overrides: { followers }, ...draft }) => {
    if (followers === undefined) return []
    const pools = draft.groups.filter(group => !group.leads).map(({ group }) => group.name)
    const refuse = (message: string, help?: string): readonly Finding[] => [
      { path: Path.ofOption('--followers'), message, ...helping(help) },
    ]
    if (pools.length === 0) return refuse('the inventory has no follower group to resize')
    if (followers.pool === undefined) {
      const way = `name one of them: --followers ${pools[0]}=${followers.max}`
      return pools.length === 1 ? [] : refuse(`the inventory has ${pools.length} follower groups`, way)
    }
    if (pools.includes(followers.pool)) return []
    const known = `use one of: ${pools.slice(0, 10).join(', ')}`
    return refuse(
      `there is no follower group named ${followers.pool}`,
      suggestion(followers.pool, pools) ?? known,
    )
  },
}

export const minIsNotAboveMax: Rule = {
  code: 'E017',
  sentence: '`min` must not be greater than `max`.',
  why: 'Auto Scaling rejects such a group.',
  example: `groups:\n${leaders}\n  web: { min: 3, max: 2 }`,
  check: draft =>
    poolsIn(draft).flatMap(following => {
      const { min, max, path } = sizeOf(following, draft.overrides)
      if (min <= max) return []
      const bound = following.group.min === undefined ? 'max' : 'min'
      const place = path.of === 'inventory' ? path.below(bound) : path
      return [
        { path: place, message: `min ${min} is greater than max ${max}`, help: 'lower min or raise max' },
      ]
    }),
}
