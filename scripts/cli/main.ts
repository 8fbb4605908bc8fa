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
 * Runs a command to its exit code: 0 when it did what was asked, 1 when something is refused or fails,
 * 2 when it was called wrongly. What goes wrong is said on stderr; stdout is for what was asked for.
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

/** Whether a module is the program that was started: one that is imported only declares its command. */
export function isProgram(url: string): boolean {
  const [, started = ''] = process.argv
  return existsSync(started) && realpathSync(started) === fileURLToPath(url)
}

/** Ends the command with another exit code than 0, once all is said: it did what was asked, and found something. */
export function endWith(code: number): void {
  process.exitCode = code
}

/** Says something to a person, on stderr. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Prints what was asked for, on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Prints data as JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

// A reader that closes the pipe (`| head`) has seen enough, but what is under way must not break off for it.
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

// The SDK tells on every start that it will want a newer Node one day. That is for who develops this, not for who launches.
function quietenSdk(): void {
  const printers = process.listeners('warning')
  if (env().NODE_ENV === 'development') return
  process.removeAllListeners('warning')
  process.on('warning', warning => {
    if (!/^NodeVersionSupportWarning/.test(warning.message)) for (const print of printers) print(warning)
  })
}

/** What Ctrl-C does while nothing is being changed. */
export function interrupted(): void {
  say('\ninterrupted; nothing was changed')
  process.exit(130)
}

async function explainEnd(error: unknown, call: Call): Promise<string> {
  const { bad } = styleFor(process.stderr, env())
  const mark = bad('error:')
  const refused = error instanceof Misused ? error.cause : error
  if (refused instanceof Refused) {
    // Loaded only now: a command that finds nothing wrong starts without it.
    const { report } = await import('./problem-report.ts')
    return report(refused.problems, call, env())
  }
  if (error instanceof Misused) return `${mark} ${error.message}\nsee ${calledAs(call.name)} --help`
  if (error instanceof Stopped) return `${mark} ${error.message}`
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${mark} this is a bug in mesos-bakery; please report it with the following lines:\n${stack}`
}

/** The environment: read here, so that nothing below the terminal depends on it. */
export function env(): Readonly<Record<string, string | undefined>> {
  return process.env
}
