import type { Screen } from './style.ts'
import { wideTable } from './table.ts'

/** A step of a bake as people see it. */
export interface StepView {
  readonly sign: '+' | '~' | '-'
  readonly action: string
  /** What it is done to, and the rest. */
  readonly words: readonly [what: string, detail: string]
}

/** The plan of a bake as people see it. */
export interface BakeView {
  /** A line for each image. */
  readonly images: readonly string[]
  readonly steps: readonly StepView[]
  /** What is said when there are no steps. */
  readonly nothing: string
}

/** The whole plan of a bake: `+` makes, `~` changes, `-` deletes. */
export function sayBake({ images, steps, nothing }: BakeView, { style, columns }: Screen): string {
  const paint = { '+': style.good, '~': style.changed, '-': style.bad }
  const rows = steps.map(({ sign, action, words }) => [`  ${sign} ${action}`, ...words])
  const lines = wideTable(rows, columns).map(line => {
    const sign = /^ {2}([+~-]) /.exec(line)?.[1] as '+' | '~' | '-' | undefined
    return sign === undefined ? style.dim(line) : `  ${paint[sign](sign)}${line.slice(3)}`
  })
  const body = lines.length === 0 ? [nothing] : lines
  return (images.length === 0 ? body : [...images, '', ...body]).join('\n')
}
