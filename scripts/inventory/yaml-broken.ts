import { lineEnd, lineStart, type Scanned, scanYaml } from './yaml-scan.ts'

/** A text that a parser gave up on, and what is known of the place where it did. */
export interface Broken {
  readonly text: string
  /** Why, in the parser's words. */
  readonly reason: string
  readonly at: number
  readonly open: Scanned
  /** The line of that place, and the nearest one above it with anything in it. */
  readonly line: Line
  readonly above: Line | undefined
}

export interface Line {
  readonly start: number
  readonly content: string
}

/** What is really wrong, and where. */
export interface Cause {
  readonly start: number
  readonly end: number
  readonly message: string
  readonly help?: string
  /** Another place that plays a part. */
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

/** The place of what a pattern finds in a line: its first group, or all of it. */
export function within({ start, content }: Line, pattern: RegExp): { start: number; end: number } {
  const found = pattern.exec(content)
  const from = start + (found?.index ?? 0) + (found?.[1] === undefined ? 0 : found[0].indexOf(found[1]))
  return { start: from, end: from + (found?.[1] ?? found?.[0] ?? '').length }
}
