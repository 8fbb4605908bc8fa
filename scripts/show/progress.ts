import type { Style } from './style.ts'
import { table } from './table.ts'

export type LineState = 'waiting' | 'in progress' | 'done' | 'failed' | 'not started'

/** The displayed state of a resource. */
export interface Line {
  readonly id: string
  readonly label: string
  readonly state: LineState
  readonly detail: string
  /** When it started, in milliseconds; 0 before it starts. */
  readonly since: number
}

const marks: Readonly<Record<LineState, string>> = {
  waiting: '·',
  'in progress': '›',
  done: '✓',
  failed: '✗',
  'not started': '·',
}

/**
 * The live lines that fit the terminal. If there are too many, finished resources are omitted.
 *
 * @param now in milliseconds
 */
export function frame(
  lines: readonly Line[],
  now: number,
  { columns, rows }: { columns: number; rows: number },
  style: Style,
): string {
  const order: readonly LineState[] = ['failed', 'in progress', 'waiting', 'not started', 'done']
  const room = Math.max(3, rows - 2)
  const chosen =
    lines.length <= room
      ? lines
      : [...lines].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state)).slice(0, room - 1)
  const body = table(
    chosen.map(line => [
      marks[line.state],
      line.label,
      [line.detail, line.state === 'in progress' ? elapsed(line, now) : '']
        .filter(part => part !== '')
        .join(', '),
    ]),
  ).map((text, index) => paint(chosen[index]?.state, text.slice(0, columns - 1), style))
  const hidden = lines.length - chosen.length
  return [...body, ...(hidden > 0 ? [`  and ${hidden} more`] : [])].join('\n')
}

/** The log line for a change of a resource. */
export function logLine(line: Line, now: number): string {
  const time = line.state === 'in progress' ? '' : elapsed(line, now)
  return `${line.label}: ${line.detail}${time === '' ? '' : ` (${time})`}`
}

function elapsed({ since }: Line, now: number): string {
  return since === 0 || now - since < 50 ? '' : `${((now - since) / 1_000).toFixed(1)} s`
}

function paint(state: LineState | undefined, text: string, style: Style): string {
  if (state === 'done') return style.good(text.slice(0, 1)) + text.slice(1)
  if (state === 'failed') return style.bad(text)
  return state === 'in progress' ? text : style.dim(text)
}
