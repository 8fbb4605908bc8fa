import { suggestion } from '../inventory/nearest.ts'
import { helping, type Problem } from '../inventory/problems.ts'
import { architectureOf } from './architecture.ts'
import { type Draft, defaultInstanceType, leadersIn, leadersOf, poolsIn, sizeOf } from './draft.ts'
import { groupName, seatName } from './names.ts'
import { leadersTrouble } from './quorum.ts'

// Rules about the shape of groups: who leads, how many, under which names.

export function oneGroupLeads(draft: Draft): readonly Problem[] {
  const [first, ...others] = leadersIn(draft)
  if (first === undefined) {
    const help = 'give one group vars: { mesos_mode: leader } or mixed'
    return [{ code: 'E013', path: 'groups', at: 'key', message: 'no group leads', help }]
  }
  const help = 'only one group may be leader or mixed'
  return others.map(({ group }) => {
    const path = `groups.${group.name}`
    return { code: 'E013', path, at: 'key', message: `leads, and so does ${first.group.name}`, help }
  })
}

export function leadersAreOdd(draft: Draft): readonly Problem[] {
  const places = leadersIn(draft).map(group => leadersOf(group, draft.overrides))
  return places.flatMap(({ leaders, path }): readonly Problem[] => {
    const trouble = leadersTrouble(leaders)
    return trouble === undefined ? [] : [{ code: 'E012', path, ...trouble }]
  })
}

export function leadersTakeCount(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(({ group }) =>
    (['min', 'max'] as const)
      .filter(key => group[key] !== undefined)
      .map((key): Problem => {
        const path = `groups.${group.name}.${key}`
        return { code: 'E014', path, at: 'key', message: 'is for followers', help: 'leaders take count' }
      }),
  )
}

export function followersTakeMinAndMax(draft: Draft): readonly Problem[] {
  return poolsIn(draft).flatMap(({ group }) => {
    const forLeaders = { code: 'E015', at: 'key', message: 'is for leaders' } as const
    const path = `groups.${group.name}`
    return [
      ...(group.count === undefined
        ? []
        : [{ ...forLeaders, path: `${path}.count`, help: 'followers take min and max' }]),
      ...(group.seats.size === 0
        ? []
        : [{ ...forLeaders, path: `${path}.seats`, help: 'followers have no seats' }]),
    ]
  })
}

export function minIsNotAboveMax(draft: Draft): readonly Problem[] {
  return poolsIn(draft).flatMap((group): readonly Problem[] => {
    const { min, max, path } = sizeOf(group, draft.overrides)
    if (min <= max) return []
    const message = `min ${min} is above max ${max}`
    const place = path.startsWith('--') ? path : `${path}.${group.group.min === undefined ? 'max' : 'min'}`
    return [{ code: 'E017', path: place, message, help: 'swap them or raise max' }]
  })
}

export function followersNameTheirPool({ overrides: { followers }, ...draft }: Draft): readonly Problem[] {
  if (followers === undefined) return []
  const pools = draft.groups.filter(group => !group.leads).map(({ group }) => group.name)
  const refuse = (message: string, help?: string): readonly Problem[] => [
    { code: 'E016', path: '--followers', message, ...helping(help) },
  ]
  if (pools.length === 0) return refuse('there is no group of followers to size')
  if (followers.pool === undefined) {
    if (pools.length === 1) return []
    const way = `say which one: --followers ${pools[0]}=${followers.max}`
    return refuse(`there are ${pools.length} groups of followers`, way)
  }
  if (pools.includes(followers.pool)) return []
  return refuse(
    `no group of followers is named ${followers.pool}`,
    suggestion(followers.pool, pools) ?? `there are ${pools.slice(0, 10).join(', ')}`,
  )
}

export function seatsExist(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(leading => {
    const { leaders } = leadersOf(leading, draft.overrides)
    return [...leading.group.seats.keys()]
      .filter(seat => seat > leaders)
      .map((seat): Problem => {
        const path = `groups.${leading.group.name}.seats.${seat}`
        return { code: 'E018', path, at: 'key', message: `there are only seats 1 to ${leaders}` }
      })
  })
}

export function seatsKeepTheMode(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(({ group }) =>
    [...group.seats]
      .filter(([, { vars }]) => vars.mesos_mode !== undefined)
      .map(([seat]): Problem => {
        const path = `groups.${group.name}.seats.${seat}.vars.mesos_mode`
        return { code: 'E019', path, message: 'is the same for a whole group', help: 'set it there' }
      }),
  )
}

export function seatsShareAnArchitecture(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(({ group }) => {
    const type = group.instance_type ?? defaultInstanceType
    return [...group.seats].flatMap(([number, seat]): readonly Problem[] => {
      const own = seat.instance_type ?? type
      if (architectureOf(own) === architectureOf(type)) return []
      const path = `groups.${group.name}.seats.${number}.instance_type`
      const message = `${own} is ${architectureOf(own)}, its group's ${type} is ${architectureOf(type)}`
      return [{ code: 'E020', path, message, help: 'one image serves a group' }]
    })
  })
}

export function namesDiffer(draft: Draft): readonly Problem[] {
  const { cluster } = draft.inventory
  const seats = leadersIn(draft).flatMap(group =>
    Array.from({ length: leadersOf(group, draft.overrides).leaders }, (_, i) => seatName(cluster, i + 1)),
  )
  return draft.groups
    .filter(({ group }) => seats.includes(groupName(cluster, group.name)))
    .map(({ group }): Problem => {
      const path = `groups.${group.name}`
      return { code: 'E021', path, at: 'key', message: 'is the name of a seat', help: 'choose another' }
    })
}
