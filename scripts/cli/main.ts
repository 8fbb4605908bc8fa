import { existsSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { calledAs } from '../check/called.ts'
import { Refused, Stopped } from '../inventory/problems.ts'
import { styleFor } from '../show/style.ts'
import type { Command } from './command.ts'
import { helpOf, versionText } from './help.ts'
import { type Call, Misused, type Options } from './options.ts'
import { parseOptions, refuseSwallowed } from './parse-options.ts'

export { Stopped }

/**
 * Runs a command and sets the exit code: 0 if it succeeded, 1 if something was refused or failed, 2 if the command line
 * is incorrect. Errors are written to stderr; stdout contains only the requested data.
 */
export async function main<O extends Options>(command: Command<O>): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  quietenSdk()
  process.once('SIGINT', interrupted)
  const args = process.argv.slice(2)
  let call: Call = { name: command.name, args, explicit: new Set(), inventory: undefined }
  try {
    refuseSwallowed(command, env())
    const parsed = parseOptions(command, args)
    if (parsed.asks === 'help') process.stdout.write(helpOf(command))
    else if (parsed.asks === 'version') process.stdout.write(versionText())
    else {
      call = parsed.given.call
      await command.run(parsed.given)
    }
  } catch (error) {
    process.exitCode = error instanceof Misused ? 2 : error instanceof Stopped ? error.exitCode : 1
    say(await explainEnd(error, call))
  }
}

/** Whether a module is the program that was started. A module that is imported only declares its command. */
export function isProgram(url: string): boolean {
  const [, started = ''] = process.argv
  return existsSync(started) && realpathSync(started) === fileURLToPath(url)
}

/** Sets an exit code other than 0 for a command that succeeded but found something. */
export function endWith(code: number): void {
  process.exitCode = code
}

/** Writes a message for the user to stderr. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Writes requested data to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Writes data as JSON to stdout. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

// A reader may close the pipe early (`| head`); running work must continue nevertheless.
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

// The SDK warns on every start that it will require a newer Node.js. This matters to developers only.
function quietenSdk(): void {
  const printers = process.listeners('warning')
  if (env().NODE_ENV === 'development') return
  process.removeAllListeners('warning')
  process.on('warning', warning => {
    if (!/^NodeVersionSupportWarning/.test(warning.message)) for (const print of printers) print(warning)
  })
}

/** The reaction to Ctrl-C while nothing is being changed. */
export function interrupted(): void {
  say('\ninterrupted; nothing was changed')
  process.exit(130)
}

async function explainEnd(error: unknown, call: Call): Promise<string> {
  const { bad } = styleFor(process.stderr, env())
  const mark = bad('error:')
  const refused = error instanceof Misused ? error.cause : error
  if (refused instanceof Refused) {
    // Loaded on demand, so that a command without problems starts faster.
    const { report } = await import('./problem-report.ts')
    return report(refused.problems, call, env())
  }
  if (error instanceof Misused) return `${mark} ${error.message}\nsee ${calledAs(call.name)} --help`
  if (error instanceof Stopped) return `${mark} ${error.message}`
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${mark} this is a bug in mesos-bakery; please report it with the following lines:\n${stack}`
}

/** The environment. It is read only here, so that nothing else depends on it. */
export function env(): Readonly<Record<string, string | undefined>> {
  return process.env
}
