import { didYouMean } from '../inventory/nearest.ts'

/**
 * An option or the operands of a command, as data for the parser, `--help` and shell completion. The function that
 * creates it determines the type of its value, `T`.
 */
export interface Option<T = unknown> {
  readonly takes: 'nothing' | 'one value' | 'several values' | 'arguments'
  /** The placeholder of the value in the help: `FILE`. */
  readonly value?: string
  readonly help: string
  readonly choices?: readonly string[]
  /** What its values name, for shell completion. */
  readonly names?: Names
  /** Bounds of an integer. */
  readonly bounds?: Bounds
  /** As a user would type it. */
  readonly default?: string
  readonly required?: true
  /**
   * @param texts in the given order; for a flag, an empty text for each occurrence
   * @param name as typed: `--leaders`
   * @throws Misused
   */
  readonly read: (texts: readonly string[], name: string) => T
}

/** Things that are not listed in the declaration of an option, because they depend on the inventory or are many. */
export type Names = 'nodes' | 'pools' | 'variables' | 'explained' | 'files' | 'folders'

/** By the name in camel case: `dryRun` is `--dry-run`. */
export type Options = Readonly<Record<string, Option>>

/** The values of a table of options. */
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never }

/** What a command receives: the value of each of its options, and how it was called. */
export type Given<O extends Options> = Values<O> & Called

export interface Called {
  readonly call: Call
}

/** How a command was called. */
export interface Call {
  readonly name: string
  readonly args: readonly string[]
  /** The options that are on the command line, as opposed to those with a default. */
  readonly explicit: ReadonlySet<string>
  /** The inventory that was named. */
  readonly inventory: string | undefined
}

/** An option that requires another option, or cannot be combined with it. */
export type Rule<K extends string = string> =
  | { readonly option: K; readonly requires: K; readonly value?: string }
  | { readonly option: K; readonly conflictsWith: K; readonly unless?: string }

/** A command was used incorrectly: exit code 2. A `Refused` as the cause carries the problem with its place. */
export class Misused extends Error {
  override readonly name = 'Misused'
}

interface Bounds {
  readonly min: number
  readonly max: number
}

/** An optional option with a value. */
interface Value<T> extends Option<T | undefined> {
  readonly value: string
  readonly parse: (text: string, name: string) => T
}

/** An option without a value. */
export function flag(help: string): Option<boolean> {
  return { takes: 'nothing', help, read: texts => texts.length > 0 }
}

/** An option with a value that `parse` reads. */
export function value<T>(
  placeholder: string,
  help: string,
  parse: (text: string, name: string) => T,
): Value<T> {
  const read = ([text]: readonly string[], name: string) =>
    text === undefined ? undefined : parse(text, name)
  return { takes: 'one value', value: placeholder, help, parse, read }
}

export function text(placeholder: string, help: string): Value<string> {
  return value(placeholder, help, given => given)
}

/** The same option, with values that shell completion can list. */
export function naming<O extends Option>(names: Names, option: O): O {
  return { ...option, names }
}

/** An option whose value is one of several words. */
export function choice<const C extends string>(
  placeholder: string,
  choices: readonly C[],
  help: string,
): Value<C> {
  const parse = (given: string, name: string) => {
    const found = choices.find(known => known === given)
    if (found !== undefined) return found
    const hint = didYouMean(given, choices)
    throw new Misused(`${name} must be ${listed(choices)}, got ${JSON.stringify(given)}${hint}`)
  }
  return { ...value(placeholder, help, parse), choices }
}

export function wholeNumber(placeholder: string, help: string, bounds?: Bounds): Value<number> {
  const expected = bounds === undefined ? '' : ` from ${bounds.min} to ${bounds.max}`
  const parse = (given: string, name: string) => {
    const number = /^\d+$/.test(given) ? Number(given) : Number.NaN
    const fits = bounds === undefined ? number >= 0 : number >= bounds.min && number <= bounds.max
    return fits ? number : misused(name, `a whole number${expected}`, given)
  }
  return { ...value(placeholder, help, parse), ...(bounds !== undefined && { bounds }) }
}

/** A duration such as `90s`, `10m` or `1h`, in milliseconds. */
export function duration(help: string, fallback: string): Option<number> {
  return withDefault(value('DURATION', help, readDuration), fallback)
}

function readDuration(given: string, name: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(given) ?? []
  const milliseconds = Number(amount) * (unit === 'h' ? 3_600_000 : unit === 'm' ? 60_000 : 1_000)
  return milliseconds > 0 ? milliseconds : misused(name, 'a duration such as 90s or 10m', given)
}

/** Makes an option use a default value if it is not given. */
export function withDefault<T>({ parse, ...option }: Value<T>, fallback: string): Option<T> {
  return { ...option, default: fallback, read: ([given = fallback], name) => parse(given, name) }
}

/** Makes an option required. */
export function required<T>({ parse, ...option }: Value<T>): Option<T> {
  const read = ([given]: readonly string[], name: string) => {
    if (given === undefined) throw new Misused(`${name} ${option.value} is required`)
    return parse(given, name)
  }
  return { ...option, required: true, read }
}

/** Allows an option to be repeated. */
export function repeated<T>({ parse, ...option }: Value<T>): Option<readonly T[]> {
  return { ...option, takes: 'several values', read: (texts, name) => texts.map(given => parse(given, name)) }
}

/** The operands of a command. */
export function operands(placeholder: string, help: string): Option<readonly string[]> {
  return { takes: 'arguments', value: placeholder, help, read: texts => texts }
}

/** The operands of a command, at least one of which is required. */
export function requiredOperands(placeholder: string, help: string): Option<readonly string[]> {
  const read = (texts: readonly string[]) => {
    if (texts.length === 0) throw new Misused(`${placeholder} is required`)
    return texts
  }
  return { ...operands(placeholder, help), required: true, read }
}

/** @throws Misused */
export function misused(name: string, expected: string, given: string): never {
  throw new Misused(`${name} must be ${expected}, got ${JSON.stringify(given)}`)
}

/** `a, b or c` */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** An option as it is typed. */
export function dashed(key: string): string {
  return `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/**
 * Refuses options that are on the command line but do not apply.
 *
 * @param why the problem with the option, which follows its name
 * @throws Misused
 */
export function refuseOptions({ call }: Called, keys: readonly string[], why: string): void {
  const found = keys.find(key => call.explicit.has(key))
  if (found !== undefined) throw new Misused(`${dashed(found)} ${why}`)
}
