import { checkType, type Outcome } from '../inventory/check-fields.ts'
import { groupFields, imageFields } from '../inventory/fields.ts'
import { Path } from '../inventory/problem-path.ts'
import type { SomeValues } from '../inventory/variables.ts'
import type { TargetName } from '../targets/list.ts'
import type { Fit, Overrides } from './cluster.ts'

/** Settings that override an inventory. */
export interface Settings {
  readonly leaders?: number | undefined
  readonly followers?:
    | { readonly pool?: string | undefined; readonly min: number; readonly max: number }
    | undefined
  readonly image?: string | undefined
  readonly target?: TargetName | undefined
  readonly fit?: Fit | undefined
}

/** Checks settings that override an inventory with the rules for the values that they replace. */
export function checkOverrides(
  { leaders, followers, image, target, fit }: Settings,
  vars: Outcome<SomeValues>,
): Outcome<Overrides> {
  const wrongCount =
    leaders === undefined ? [] : checkType(groupFields.count.type, leaders, Path.ofOption('--leaders'))
  const size = followers && Math.max(followers.min, followers.max)
  const wrongSize =
    size === undefined ? [] : checkType(groupFields.max.type, size, Path.ofOption('--followers'))
  return {
    value: {
      vars: vars.value,
      ...(leaders !== undefined && wrongCount.length === 0 && { leaders }),
      ...(followers !== undefined &&
        wrongSize.length === 0 && { followers: { pool: undefined, ...followers } }),
      ...(image !== undefined && { image }),
      ...(target !== undefined && { target }),
      ...(fit !== undefined && { fit }),
    },
    problems: [
      ...wrongCount,
      ...wrongSize,
      ...(image === undefined ? [] : checkType(imageFields.id.type, image, Path.ofOption('--image'))),
      ...vars.problems,
    ],
  }
}
