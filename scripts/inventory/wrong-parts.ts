import { helping, type Problem, show } from './problems.ts'
import type { Entries, Type } from './types.ts'

/** A problem in a value, and the keys that lead to it. There are no keys if the value itself is wrong. */
type Part = Omit<Problem, 'path'> & { readonly keys: readonly string[] }

/** The message for every key without a value. */
export const noValue = {
  code: 'E110',
  message: 'has no value',
  help: 'remove it or give it a value',
} as const

/** The parts of a value that do not have its type: entries of a map or list if possible, otherwise the whole value. */
export function wrongParts(type: Type<unknown>, value: unknown): readonly Part[] {
  if (value === null) return [{ keys: [], ...noValue }]
  if (type.schema.safeParse(value).success) return []
  const parts = type.entries === undefined ? [] : wrongEntries(type.entries, value)
  if (parts.length > 0) return parts
  const message = `must be ${type.expects}, got ${show(value)}`
  return [{ code: 'E009', keys: [], message, ...helping(type.hint?.(value)) }]
}

function wrongEntries(entries: Entries, value: unknown): readonly Part[] {
  const { items, keys, most } = entries
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value) === (keys !== undefined)) return []
  const all = Object.entries(value)
  const surplus =
    all.length > (most ?? all.length) ? `must have at most ${most} entries, got ${all.length}` : ''
  return [
    ...(surplus === '' ? [] : [{ code: 'E009', keys: [], message: surplus, help: 'remove some' } as const]),
    ...all.flatMap(([key, item]) => [
      ...(keys === undefined
        ? []
        : wrongParts(keys, key).map((part): Part => ({ ...part, keys: [key], at: 'key' }))),
      ...wrongParts(items, item).map(part => ({
        ...part,
        keys: [key, ...part.keys],
      })),
    ]),
    ...duplicates(entries, all),
  ]
}

function duplicates({ keys, alike }: Entries, all: readonly (readonly [string, unknown])[]): readonly Part[] {
  if (alike === undefined) return []
  const first = new Map<string, string>()
  return all.flatMap(([key, item]): readonly Part[] => {
    const same = alike(key, item)
    const twin = first.get(same)
    if (twin === undefined) {
      first.set(same, key)
      return []
    }
    const help = 'remove one of them'
    return keys === undefined
      ? [{ code: 'E009', keys: [key], message: `must not be listed twice: ${show(item)}`, help }]
      : [
          {
            code: 'E009',
            keys: [key],
            at: 'key',
            message: `must differ from ${twin} by more than case`,
            help,
          },
        ]
  })
}
