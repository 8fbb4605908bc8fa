import { didYouMean } from '../inventory/nearest.ts'
import type { Problem } from '../inventory/problems.ts'
import { architectureOf } from './architecture.ts'
import { type Draft, defaultInstanceType, leadersIn, leadersOf, poolsIn, problem, sizeOf } from './draft.ts'
import { groupName, seatName } from './names.ts'
import { leadersTrouble } from './quorum.ts'

// Rules about the shape of groups: who leads, how many, under which names.

export function oneGroupLeads(draft: Draft): readonly Problem[] {
  const [first, ...others] = leadersIn(draft)
  if (first === undefined) {
    return problem('groups', 'no group leads; give one group vars: { mesos_mode: leader } or mixed')
  }
  return others.flatMap(({ group }) =>
    problem(
      `groups.${group.name}`,
      `leads, and so does ${first.group.name}; only one group may be leader or mixed`,
    ),
  )
}

export function leadersAreOdd(draft: Draft): readonly Problem[] {
  const places = leadersIn(draft).map(group => leadersOf(group, draft.overrides))
  return places.flatMap(({ leaders, path }) => {
    const trouble = leadersTrouble(leaders)
    return trouble === undefined ? [] : problem(path, trouble)
  })
}

export function leadersTakeCount(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(({ group }) =>
    (['min', 'max'] as const)
      .filter(key => group[key] !== undefined)
      .flatMap(key => problem(`groups.${group.name}.${key}`, 'is for followers; leaders take count')),
  )
}

export function followersTakeMinAndMax(draft: Draft): readonly Problem[] {
  return poolsIn(draft).flatMap(({ group }) => [
    ...(group.count === undefined
      ? []
      : problem(`groups.${group.name}.count`, 'is for leaders; followers take min and max')),
    ...(group.seats.size === 0
      ? []
      : problem(`groups.${group.name}.seats`, 'is for leaders; followers have no seats')),
  ])
}

export function minIsNotAboveMax(draft: Draft): readonly Problem[] {
  return poolsIn(draft).flatMap(group => {
    const { min, max, path } = sizeOf(group, draft.overrides)
    return min <= max ? [] : problem(path, `min ${min} is above max ${max}; swap them or raise max`)
  })
}

export function followersNameTheirPool({ overrides: { followers }, ...draft }: Draft): readonly Problem[] {
  const pools = draft.groups.filter(group => !group.leads).map(({ group }) => group.name)
  if (followers === undefined) return []
  if (pools.length === 0) return problem('--followers', 'there is no group of followers to size')
  if (followers.pool === undefined) {
    const way = `say which one: --followers ${pools[0]}=${followers.max}`
    return pools.length === 1
      ? []
      : problem('--followers', `there are ${pools.length} groups of followers; ${way}`)
  }
  if (pools.includes(followers.pool)) return []
  return problem(
    '--followers',
    `no group of followers is named ${followers.pool}${didYouMean(followers.pool, pools)}`,
  )
}

export function seatsExist(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(leading => {
    const { leaders } = leadersOf(leading, draft.overrides)
    return [...leading.group.seats.keys()]
      .filter(seat => seat > leaders)
      .flatMap(seat =>
        problem(`groups.${leading.group.name}.seats.${seat}`, `there are only seats 1 to ${leaders}`),
      )
  })
}

export function seatsKeepTheMode(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(({ group }) =>
    [...group.seats]
      .filter(([, { vars }]) => vars.mesos_mode !== undefined)
      .flatMap(([seat]) =>
        problem(
          `groups.${group.name}.seats.${seat}.vars.mesos_mode`,
          'is the same for a whole group; set it there',
        ),
      ),
  )
}

export function seatsShareAnArchitecture(draft: Draft): readonly Problem[] {
  return leadersIn(draft).flatMap(({ group }) => {
    const type = group.instance_type ?? defaultInstanceType
    return [...group.seats]
      .filter(([, seat]) => architectureOf(seat.instance_type ?? type) !== architectureOf(type))
      .flatMap(([number, seat]) =>
        problem(
          `groups.${group.name}.seats.${number}.instance_type`,
          `${seat.instance_type} is ${architectureOf(seat.instance_type ?? type)}, its group's ${type} is ${architectureOf(type)}; one image serves a group`,
        ),
      )
  })
}

export function namesDiffer(draft: Draft): readonly Problem[] {
  const { cluster } = draft.inventory
  const seats = leadersIn(draft).flatMap(group =>
    Array.from({ length: leadersOf(group, draft.overrides).leaders }, (_, i) => seatName(cluster, i + 1)),
  )
  return draft.groups
    .filter(({ group }) => seats.includes(groupName(cluster, group.name)))
    .flatMap(({ group }) => problem(`groups.${group.name}`, 'is the name of a seat; choose another'))
}
