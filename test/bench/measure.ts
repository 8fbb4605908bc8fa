/** A machine-independent measurement: a ratio or a count, never a time. */
export interface Measure {
  readonly what: string
  readonly value: number
  /** `×` for a ratio. */
  readonly unit: string
  /** Without a goal, the number is only shown. */
  readonly goal?: Goal
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** The results of a part of the benchmark. */
export interface Part {
  /** A sentence per line: what is compared with what. */
  readonly compared: readonly string[]
  readonly measures: readonly Measure[]
}

export function isMet({ value, goal }: Measure): boolean {
  if (goal === undefined) return true
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
}

/** For a few long measurements. Other programs on the machine can only make a measurement longer. */
export function least(values: readonly number[]): number {
  return Math.min(...values)
}

/** For many short measurements. An unusually quiet moment in one of two measurements has no influence. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
