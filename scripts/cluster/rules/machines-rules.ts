import { Path } from '../../inventory/problem-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { architectureOf } from '../architecture.ts'
import { defaultInstanceType } from '../draft.ts'
import type { Rule } from './cluster-rule.ts'

export const imagesServeMachines: Rule = {
  code: 'E033',
  sentence: 'Every machine must have an image for its architecture.',
  why: 'An instance with an arm64 (Graviton) processor cannot boot an amd64 image, and vice versa.',
  example:
    'image: { architectures: [amd64] }\ngroups: { leaders: { vars: { mesos_mode: leader }, instance_type: m7g.large } }',
  check: ({ inventory: { image, groups } }) => {
    const { architectures } = image
    if (architectures === undefined) return []
    return groups.flatMap(({ name, instance_type = defaultInstanceType, seats }): readonly Finding[] => {
      const types = [
        { path: Path.inInventory('groups', name, 'instance_type'), type: instance_type },
        ...[...seats].map(([seat, { instance_type: type }]) => ({
          path: Path.inInventory('groups', name, 'seats', seat, 'instance_type'),
          type: type ?? instance_type,
        })),
      ]
      return types
        .filter(({ type }) => !architectures.includes(architectureOf(type)))
        .map(({ path, type }) => ({
          path,
          message: `${type} is ${architectureOf(type)}, but images are built only for ${architectures.join(', ')}`,
          help: `add ${architectureOf(type)} to image.architectures, or choose another instance type`,
        }))
    })
  },
}
