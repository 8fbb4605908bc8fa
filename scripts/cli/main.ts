import { calledAs } from '../check/called.ts'
import { Refused, Stopped } from '../inventory/problems.ts'
import { styleFor } from '../show/style.ts'
import { table } from '../show/table.ts'
import {
  type Given,
  Misused,
  type Option,
  type OptionTable,
  parseOptions,
  refuseSwallowed,
} from './options.ts'
import type { Call } from './problem-report.ts'

export { Stopped }

/** A command of `npm run`. */
export interface Command {
  readonly name: string
  /** One sentence, as `--help` begins. */
  readonly summary: string
  readonly options: OptionTable
  /** What words that are no options stand for: `FILE`. Without it there may be none. */
  readonly operands?: string
  /** Commands as a reader would type them, each with what it does. */
  readonly examples: readonly (readonly [string, string])[]
  readonly run: (given: Given) => Promise<void>
}

/**
 * Runs a command to its exit code: 0 when it did what was asked, 1 when something is refused or fails,
 * 2 when it was called wrongly. What goes wrong is said on stderr; stdout is for what was asked for.
 */
export async function main(command: Command): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  quietenSdk()
  process.once('SIGINT', interrupted)
  const args = process.argv.slice(2)
  let given: Given = {}
  try {
    refuseSwallowed(command.name, command.options, env())
    given = parseOptions(command.options, args, command.operands)
    if (given.help === true) process.stdout.write(helpOf(command))
    else await command.run(given)
  } catch (error) {
    process.exitCode = error instanceof Misused ? 2 : error instanceof Stopped ? error.exitCode : 1
    say(await explainEnd(error, { name: command.name, args, given }))
  }
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
  if (error instanceof Misused) return `${mark} ${error.message}\nsee ${calledAs(call.name)} --help`
  if (error instanceof Refused) {
    // Loaded only now: a command that finds nothing wrong starts without it.
    const { report } = await import('./problem-report.ts')
    return report(error.problems, call, env())
  }
  if (error instanceof Stopped) return `${mark} ${error.message}`
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${mark} this is a bug of mesos-bakery, please report it with these lines:\n${stack}`
}

/** The environment: read here, so that nothing below the terminal depends on it. */
export function env(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** The whole text of `--help`. */
function helpOf({ name, summary, options, operands, examples }: Command): string {
  const rows = Object.entries({ ...options, help: { help: 'print this' } }).map(
    ([option, { value, help }]: [string, Option]) => [
      `  --${option}${value === undefined ? '' : ` ${value}`}`,
      help,
    ],
  )
  const calls = examples.map(([args, what]) => [
    `  ${args === '' ? calledAs(name).replace(/ --$/, '') : `${calledAs(name)} ${args}`}`,
    what,
  ])
  return [
    `${summary}\n`,
    `${calledAs(name)} [options]${operands === undefined ? '' : ` [${operands}…]`}\n`,
    ...table(rows),
    '',
    ...table(calls),
    '',
  ].join('\n')
}
