import { styleText } from 'node:util'

/** Adds color to text, or returns it unchanged. */
export interface Style {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly changed: (text: string) => string
  readonly dim: (text: string) => string
}

/** Colors for a stream: only on a terminal, and not with NO_COLOR, TERM=dumb or in CI. */
export function styleFor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const plain = !stream.isTTY || env.NO_COLOR || env.TERM === 'dumb' || env.CI
  const paint = (format: 'green' | 'red' | 'yellow' | 'dim') => (text: string) =>
    plain ? text : styleText(format, text, { validateStream: false })
  return { good: paint('green'), bad: paint('red'), changed: paint('yellow'), dim: paint('dim') }
}

/** The style and width of a stream. */
export interface Screen {
  readonly style: Style
  /** The width in characters. Infinite if the stream is not a terminal. */
  readonly columns: number
}

/**
 * The width of a stream in characters. Infinite if the stream is not a terminal, so that each row stays on one line.
 */
export function columnsOf({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number {
  return isTTY ? columns || 80 : Number.POSITIVE_INFINITY
}
