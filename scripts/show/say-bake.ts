import type { BakeView } from '../image/baker.ts'
import type { Style } from './style.ts'
import { wideTable } from './table.ts'

/** The whole plan of a bake: `+` makes, `~` changes, `-` deletes. */
export function sayBake({ images, steps, nothing }: BakeView, style: Style, columns: number): string {
  const paint = { '+': style.good, '~': style.changed, '-': style.bad }
  const rows = steps.map(({ sign, action, words }) => [`  ${sign} ${action}`, ...words])
  const lines = wideTable(rows, columns).map(line => {
    const sign = /^ {2}([+~-]) /.exec(line)?.[1] as '+' | '~' | '-' | undefined
    return sign === undefined ? style.dim(line) : `  ${paint[sign](sign)}${line.slice(3)}`
  })
  const body = lines.length === 0 ? [nothing] : lines
  return (images.length === 0 ? body : [...images, '', ...body]).join('\n')
}
