import type { Seen } from './seen.ts'

/** The nodes whose master reports that it is the leading master. */
export function electedIn(seen: readonly Seen[]): readonly Seen[] {
  return seen.filter(({ leads, report }) => leads && report?.master?.elected === true)
}
