import type { Path } from '../problem-path.ts'
import type { Finding } from '../rules/rule.ts'

/** Cloud-config of the user, as a value. */
export type CloudConfig = Readonly<Record<string, unknown>>

/** Finds what is wrong with cloud-config that stands at `path`, which is empty for the whole of a file. */
export type Check = (config: CloudConfig, path: Path) => readonly Finding[]

type Mapping = Readonly<Record<string, unknown>>

export function isMapping(value: unknown): value is Mapping {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  )
}

/** The entries of a list, or nothing where there is no list. */
export function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** What cloud-init takes for true (util.py, translate_bool and is_true). */
export function isTrue(value: unknown): boolean {
  return value === true || /^(true|1|on|yes)$/i.test(String(value ?? '').trim())
}

/** What cloud-init takes for false (util.py, is_false). */
export function isFalse(value: unknown): boolean {
  return value === false || /^(off|0|no|false)$/i.test(String(value ?? '').trim())
}
