import { Path } from '../../inventory/problem-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { architectureOf } from '../architecture.ts'
import { defaultInstanceType, leadersOf, leadersOnly } from '../draft.ts'
import type { Rule } from './cluster-rule.ts'

const leaders = (seats: string) =>
  `groups:\n  leaders:\n    vars: { mesos_mode: leader }\n    seats: ${seats}`

export const seatsExist: Rule = {
  code: 'E018',
  sentence: 'Seat settings must be for an existing seat.',
  why: 'Seats are numbered from 1 to the number of leaders. Settings for any other number would have no effect.',
  example: leaders('{ 4: { instance_type: m6i.xlarge } }'),
  check: draft =>
    leadersOnly(draft).flatMap(leading => {
      const count = leadersOf(leading, draft.overrides).leaders
      return [...leading.group.seats.keys()]
        .filter(seat => seat > count && count > 0)
        .map((seat): Finding => {
          const path = Path.inInventory('groups', leading.group.name, 'seats', seat)
          return { path, at: 'key', message: `there is no such seat; seats are numbered from 1 to ${count}` }
        })
    }),
}

export const seatsKeepTheMode: Rule = {
  code: 'E019',
  sentence: 'The mode must be the same for a whole group.',
  why: 'The mode decides whether the group is a group of leaders, and therefore whether it has seats.',
  example: leaders('{ 2: { vars: { mesos_mode: mixed } } }'),
  check: draft =>
    leadersOnly(draft).flatMap(({ group }) =>
      [...group.seats]
        .filter(([, { vars }]) => vars.mesos_mode !== undefined)
        .map(([seat]) => {
          const path = Path.inInventory('groups', group.name, 'seats', seat, 'vars', 'mesos_mode')
          return { path, message: 'cannot be set for a single seat', help: 'set it in the vars of the group' }
        }),
    ),
}

export const seatsShareAnArchitecture: Rule = {
  code: 'E020',
  sentence: 'All seats must have the same architecture.',
  why: 'All machines of a group start from one image, and an image is for one architecture.',
  example: leaders('{ 2: { instance_type: m6g.large } }'),
  check: draft =>
    leadersOnly(draft).flatMap(({ group }) => {
      const type = group.instance_type ?? defaultInstanceType
      return [...group.seats].flatMap(([number, { instance_type: own = type }]) => {
        if (architectureOf(own) === architectureOf(type)) return []
        const path = Path.inInventory('groups', group.name, 'seats', number, 'instance_type')
        const message = `${own} is ${architectureOf(own)}, but the group's ${type} is ${architectureOf(type)}`
        return [{ path, message, help: 'choose a type with the architecture of the group' }]
      })
    }),
}
