import { createLogUpdate } from 'log-update'
import { frame, type Line, type LineState, logLine } from './progress.ts'
import { type Style, styleFor } from './style.ts'

/** Shows the progress of resources: live lines on a terminal, otherwise a plain line for each change. */
export interface Display {
  readonly set: (id: string, state: LineState, detail: string) => void
  /** Stops and leaves the last output in place. */
  readonly end: () => void
}

interface Named {
  readonly id: string
  readonly label: string
}

/** Starts showing resources, all of them waiting. */
export function startDisplay(
  resources: readonly Named[],
  env: Readonly<Record<string, string | undefined>>,
): Display {
  const lines = new Map<string, Line>(
    resources.map(({ id, label }) => [id, { id, label, state: 'waiting', detail: '', since: 0 }]),
  )
  const live = process.stderr.isTTY && env.TERM !== 'dumb' && !env.CI
  const picture = live ? livePicture(lines, styleFor(process.stderr, env)) : undefined
  return {
    set(id, state, detail) {
      const before = lines.get(id)
      if (before === undefined || (before.state === state && before.detail === detail)) return
      const line = { ...before, state, detail, since: before.since || Date.now() }
      lines.set(id, line)
      if (picture === undefined) process.stderr.write(`${logLine(line, Date.now())}\n`)
    },
    end: () => picture?.end(),
  }
}

function livePicture(lines: ReadonlyMap<string, Line>, style: Style) {
  const update = createLogUpdate(process.stderr, { showCursor: true })
  const draw = () => {
    const size = { columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 }
    update(frame([...lines.values()], Date.now(), size, style))
  }
  const timer = setInterval(draw, 100)
  timer.unref()
  return {
    end: () => {
      clearInterval(timer)
      draw()
      update.done()
    },
  }
}
