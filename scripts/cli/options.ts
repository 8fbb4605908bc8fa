import { type ParseArgsConfig, parseArgs } from 'node:util'
import { calledAs } from '../check/called.ts'
import { didYouMean } from '../inventory/nearest.ts'

/** One option of a command, as parsed and as told by `--help`. */
export interface Option {
  /** What stands for the value in the help; without it the option is a switch. */
  readonly value?: string
  readonly multiple?: true
  readonly help: string
}

export type OptionTable = Readonly<Record<string, Option>>

/** The options that were given. A switch is `true`, others are their texts. */
export type Given = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

/** A command that was called wrongly: exit code 2. */
export class Misused extends Error {
  override readonly name = 'Misused'
}

/** The option of every command that reads an inventory. */
export const inventoryFileOption: OptionTable = {
  inventory: {
    value: 'FILE',
    help: 'the inventory; else inventory.yaml or the example',
  },
}

/** Options of most commands that read an inventory. */
export const inventoryOptions: OptionTable = {
  ...inventoryFileOption,
  json: { help: 'print data instead of text' },
}

/** Options of every command that works on a target. */
export const targetOptions: OptionTable = {
  target: { value: 'TARGET', help: 'aws, or local: containers on this machine' },
  engine: { value: 'NAME', help: 'podman or docker, for the local target' },
}

/** The option of every command that is about one node. */
export const nodeOption: OptionTable = {
  node: { value: 'NAME', help: 'the node, as status names it' },
}

/** Options that set what the inventory says otherwise. */
export const overrideOptions: OptionTable = {
  leaders: { value: 'N', help: 'how many leaders; odd' },
  followers: { value: 'SIZE', help: 'the size of the pool: N, MIN:MAX or POOL=N' },
  set: { value: 'NAME=VALUE', multiple: true, help: 'a variable on every node; may be repeated' },
}

/**
 * @param operands the name under which words that are no options are given; without it there may be none
 * @throws Misused for an unknown option, a missing value or a stray word
 */
export function parseOptions(table: OptionTable, args: readonly string[], operands?: string): Given {
  const options = Object.fromEntries(
    Object.entries({ ...table, help: { help: '' } }).map(([name, option]: [string, Option]) => [
      name,
      { type: option.value === undefined ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  )
  const { values, positionals } = parseOrMisuse(options, args, operands)
  const given = Object.entries(values).map(([name, all]) => [name, onceUnlessMultiple(table, name, all)])
  return { ...Object.fromEntries(given), ...(operands !== undefined && { [operands]: positionals }) }
}

/** What was given of an option. Of two values the last one would win, and the first be lost without a word. */
function onceUnlessMultiple(table: OptionTable, name: string, given: Given[string]) {
  const all = [given ?? []].flat()
  if (table[name]?.multiple === true) return all
  const [value] = all
  if (value === '') throw new Misused(`--${name} needs a value`)
  if (typeof value === 'string' && all.length > 1) throw new Misused(`--${name} is given ${all.length} times`)
  return value
}

function parseOrMisuse(
  options: NonNullable<ParseArgsConfig['options']>,
  args: readonly string[],
  operands: string | undefined,
): { readonly values: Given; readonly positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: operands !== undefined })
  } catch (error) {
    throw error instanceof Error ? new Misused(sayMisuse(error, Object.keys(options))) : error
  }
}

function sayMisuse(error: Error, names: readonly string[]): string {
  const unknown = /^Unknown option '--?([^']*)'/.exec(error.message)?.[1]
  if (unknown !== undefined)
    return `unknown option --${unknown}${didYouMean(
      `--${unknown}`,
      names.map(name => `--${name}`),
    )}`
  const stray = /^Unexpected argument '([^']*)'/.exec(error.message)?.[1]
  if (stray !== undefined) return `unexpected ${JSON.stringify(stray)}: there is nothing but options`
  const bare = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument (?:missing|is ambiguous)/.exec(
    error.message,
  )?.[1]
  if (bare !== undefined) return `${bare} needs a value`
  return error.message.split('. ')[0] ?? error.message
}

/** Options that a person may have set for npm itself, in an .npmrc; without them a command only asks, or prints text. */
const npmsOwn = ['yes', 'json']

/**
 * npm keeps for itself what stands before `--`, some of it without a word: a dry run would become a launch.
 * What it took, it tells the script in `npm_config_…` (npm 11).
 *
 * @param script the command, as `npm run` calls it
 * @throws Misused naming what was lost
 */
export function refuseSwallowed(
  script: string,
  table: OptionTable,
  env: Readonly<Record<string, string | undefined>>,
): void {
  if (env.npm_lifecycle_event !== script) return
  const swallowed = Object.keys(table)
    .filter(name => !npmsOwn.includes(name) && env[`npm_config_${name.replaceAll('-', '_')}`])
    .map(name => `--${name}`)
  if (swallowed.length === 0) return
  const options = swallowed.join(' ')
  throw new Misused(
    `npm kept ${options} for itself; options go behind two dashes: ${calledAs(script)} ${options} …`,
  )
}

/** The text of an option, if it was given. */
export function textOf(given: Given, name: string): string | undefined {
  const value = given[name]
  return typeof value === 'string' ? value : undefined
}

/** The texts of an option that may be repeated. */
export function textsOf(given: Given, name: string): readonly string[] {
  return [given[name] ?? []].flat().map(String)
}

/** A time such as `90s`, `10m` or `1h`, in milliseconds. */
export function readTimeout(given: Given, fallback: string): number {
  const text = textOf(given, 'timeout') ?? fallback
  const [, amount, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? []
  if (amount === undefined || Number(amount) === 0) {
    throw new Misused(`--timeout takes a time such as 90s or 10m, got ${JSON.stringify(text)}`)
  }
  return Number(amount) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h']
}

/** The node that a command is about. */
export function readNode(given: Given): string {
  const name = textOf(given, 'node')
  if (name === undefined) throw new Misused('--node NAME is required')
  return name
}
