import { columnsOf, type Screen, styleFor } from '../show/style.ts'
import { env } from './main.ts'

/** The screen for requested data. */
export const onStdout = (): Screen => screenOf(process.stdout)

/** The screen for messages. */
export const onStderr = (): Screen => screenOf(process.stderr)

function screenOf(stream: NodeJS.WriteStream): Screen {
  return { style: styleFor(stream, env()), columns: columnsOf(stream) }
}
