import type { Finding } from '../../inventory/rules/rule.ts'
import { architectureOf } from '../architecture.ts'
import { defaultInstanceType } from '../draft.ts'
import type { Rule } from './cluster-rule.ts'

export const imagesServeMachines: Rule = {
  code: 'E033',
  sentence: 'There is an image for the architecture of every machine.',
  why: 'A Graviton machine doesn’t boot an image for amd64, nor the other way round.',
  example:
    'image: { architectures: [amd64] }\ngroups: { leaders: { vars: { mesos_mode: leader }, instance_type: m7g.large } }',
  check: ({ inventory: { image, groups } }) => {
    const { architectures } = image
    if (architectures === undefined) return []
    return groups.flatMap(({ name, instance_type = defaultInstanceType, seats }): readonly Finding[] => {
      const types = [
        { path: `groups.${name}.instance_type`, type: instance_type },
        ...[...seats].map(([seat, { instance_type: type }]) => ({
          path: `groups.${name}.seats.${seat}.instance_type`,
          type: type ?? instance_type,
        })),
      ]
      return types
        .filter(({ type }) => !architectures.includes(architectureOf(type)))
        .map(({ path, type }) => ({
          path,
          message: `${type} is ${architectureOf(type)}, and images are made for ${architectures.join(', ')} only`,
          help: `add ${architectureOf(type)} to image.architectures, or choose another type`,
        }))
    })
  },
}
