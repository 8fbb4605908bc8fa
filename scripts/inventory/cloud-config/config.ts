import type { Path } from '../problem-path.ts'
import type { Finding } from '../rules/rule.ts'

/** Cloud-config of the user, parsed. */
export type CloudConfig = Readonly<Record<string, unknown>>

/** Finds problems in the cloud-config at `path`, which is empty if it is a whole file. */
export type Check = (config: CloudConfig, path: Path) => readonly Finding[]

type Mapping = Readonly<Record<string, unknown>>

export function isMapping(value: unknown): value is Mapping {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  )
}

/** The entries of a list. Empty if the value is not a list. */
export function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Whether cloud-init reads a value as true (util.py, translate_bool and is_true). */
export function isTrue(value: unknown): boolean {
  return value === true || /^(true|1|on|yes)$/i.test(String(value ?? '').trim())
}

/** Whether cloud-init reads a value as false (util.py, is_false). */
export function isFalse(value: unknown): boolean {
  return value === false || /^(off|0|no|false)$/i.test(String(value ?? '').trim())
}
