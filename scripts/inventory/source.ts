/** The text of an inventory without a byte order mark, and the name of its file. */
export interface Source {
  readonly file: string
  readonly text: string
}

/** A part of a text, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * The position of a part of a text, in characters (code points), starting at 1. It ends on the line on which it begins.
 */
export interface Position {
  readonly line: number
  readonly column: number
  readonly length: number
}

/** The offsets at which the lines of a text begin. In YAML, lines end with LF, CR LF or CR. */
export function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ index, 0: end }) => index + end.length)]
}

/** The lines of a text, without their ends. */
export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/)
}

/** The position of a part of a text. */
export function positionOf(text: string, starts: readonly number[], { start, end }: Span): Position {
  const line = lineAt(starts, start)
  const begin = starts[line - 1] ?? 0
  const rest = /^[^\r\n]*/.exec(text.slice(start, end))?.[0] ?? ''
  return { line, column: lengthOf(text.slice(begin, start)) + 1, length: Math.max(1, lengthOf(rest)) }
}

function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return low + 1
}

/** Length in characters. */
function lengthOf(text: string): number {
  return [...text].length
}
