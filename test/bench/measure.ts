/** A number that holds on any machine: a ratio or a count, never a time. */
export interface Measure {
  readonly what: string
  readonly value: number
  /** `×` for a ratio. */
  readonly unit: string
  /** Without a goal the number is only told. */
  readonly goal?: Goal
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** What one part of the benchmark found. */
export interface Part {
  /** One sentence a line: what is measured against what. */
  readonly compared: readonly string[]
  readonly measures: readonly Measure[]
}

export function isMet({ value, goal }: Measure): boolean {
  if (goal === undefined) return true
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
}

/** For long measurements, of which there are few. Other programs on the machine only ever make one longer. */
export function least(values: readonly number[]): number {
  return Math.min(...values)
}

/** For short measurements, of which there are many: a quiet moment that only one of two met doesn't count. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
