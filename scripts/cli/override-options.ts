import type { Overrides } from '../cluster/cluster.ts'
import { checkOverrides } from '../cluster/overrides.ts'
import type { Outcome } from '../inventory/check-fields.ts'
import { parseSettings } from '../inventory/settings.ts'
import type { fitOption, overrideOptions, targetOptions } from './common-options.ts'
import type { Values } from './options.ts'

/** Options that override the inventory. A command may have some of them. */
export type Overriding = Partial<
  Values<typeof overrideOptions & Pick<typeof targetOptions, 'target'> & typeof fitOption>
> & { readonly image?: string | undefined }

/** The overrides from the command line, and the problems with them. */
export function overridesOf({ set = [], ...settings }: Overriding): Outcome<Overrides> {
  return checkOverrides(settings, parseSettings(set))
}
