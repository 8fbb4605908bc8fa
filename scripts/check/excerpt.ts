import stringWidth from 'string-width'
import type { Style } from '../show/style.ts'

/** A line of a text and the marked part of it, counted in characters from 1. */
export interface Marked {
  readonly lines: readonly string[]
  /** Undefined if the text has a single line, as a command line does. */
  readonly line: number | undefined
  readonly column: number
  readonly length: number
}

/** The number of lines shown above the marked one, and how much of a long line is shown. */
const above = 2
const widest = 120

/**
 * A line with the two lines above it and a caret under the marked part.
 *
 * @param way how to fix it, shown next to the caret
 */
export function excerpt(marked: Marked, way: string | undefined, style: Style): readonly string[] {
  const { lines, line = 1 } = marked
  const width = String(line).length + 3
  const label = (number: number | undefined) => style.dim(`${String(number ?? '').padStart(width)} |`)
  const first = Math.max(1, line - above)
  const context = lines.slice(first - 1, line - 1).map((text, index) => [first + index, cut(text)] as const)
  const { text, before, under } = windowOn(lines[line - 1] ?? '', marked)
  const carets = '^'.repeat(Math.max(1, stringWidth(under)))
  return [
    ...context.map(([number, shown]) => `${label(number)} ${printed(shown)}`.trimEnd()),
    `${label(marked.line)} ${printed(text)}`.trimEnd(),
    `${label(undefined)} ${blank(before)}${style.bad(way === undefined ? carets : `${carets} ${way}`)}`,
  ]
}

/** The part of a line that is shown, split into the text before the caret and the text above it. */
function windowOn(line: string, { column, length }: Marked) {
  const all = [...line]
  const from = column + length > widest ? Math.max(0, column - 1 - widest / 2) : 0
  const shown = all.slice(from, from + widest)
  const start = column - 1 - from
  const lead = from > 0 ? '…' : ''
  const text = `${lead}${shown.join('')}${from + widest < all.length ? '…' : ''}`
  const before = `${lead}${shown.slice(0, start).join('')}`
  return { text, before, under: printed(shown.slice(start, start + length).join('')) }
}

function cut(line: string): string {
  const all = [...line]
  return all.length > widest ? `${all.slice(0, widest).join('')}…` : line
}

/** Spaces with the width of a text. Tabs are kept, so that they end at the same column. */
function blank(text: string): string {
  const parts = printed(text).split('\t')
  return parts.map(part => ' '.repeat(stringWidth(part))).join('\t')
}

/** Replaces control characters, because a file may contain sequences that move the cursor of the terminal. */
function printed(text: string): string {
  return text.replace(/(?!\t)[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/gu, '\ufffd')
}
