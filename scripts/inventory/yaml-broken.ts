import { lineEnd, lineStart, type Scanned, scanYaml } from './yaml-scan.ts'

/** A text that a parser rejected, and the place at which it did. */
export interface Broken {
  readonly text: string
  /** The message of the parser. */
  readonly reason: string
  readonly at: number
  readonly open: Scanned
  /** The line of that place, and the nearest line above it that is not empty. */
  readonly line: Line
  readonly above: Line | undefined
}

export interface Line {
  readonly start: number
  readonly content: string
}

/** The actual mistake, and its position. */
export interface Cause {
  readonly start: number
  readonly end: number
  readonly message: string
  readonly help?: string
  /** Another place that is part of the mistake. */
  readonly also?: { readonly at: number; readonly message: string }
}

export type FindCause = (broken: Broken) => Cause | undefined

export function brokenAt(text: string, reason: string, at: number): Broken {
  const line = lineOf(text, at)
  return { text, reason, at, open: scanYaml(text, at), line, above: lineAbove(text, line) }
}

export function lineOf(text: string, at: number): Line {
  const start = lineStart(text, at)
  return { start, content: text.slice(start, lineEnd(text, at)) }
}

/** The nearest line above with more than a comment in it. */
export function lineAbove(text: string, { start }: Line): Line | undefined {
  let line: Line | undefined
  let before = start
  do {
    if (before === 0) return undefined
    line = lineOf(text, before - 1)
    before = line.start
  } while (/^\s*(#.*)?$/.test(line.content))
  return line
}

/** The position of a match in a line: of its first group, or of the whole match. */
export function within({ start, content }: Line, pattern: RegExp): { start: number; end: number } {
  const found = pattern.exec(content)
  const from = start + (found?.index ?? 0) + (found?.[1] === undefined ? 0 : found[0].indexOf(found[1]))
  return { start: from, end: from + (found?.[1] ?? found?.[0] ?? '').length }
}
