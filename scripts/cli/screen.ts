import { columnsOf, type Screen, styleFor } from '../show/style.ts'
import { env } from './main.ts'

/** Where data is printed. */
export const onStdout = (): Screen => screenOf(process.stdout)

/** Where a person is told something. */
export const onStderr = (): Screen => screenOf(process.stderr)

function screenOf(stream: NodeJS.WriteStream): Screen {
  return { style: styleFor(stream, env()), columns: columnsOf(stream) }
}
