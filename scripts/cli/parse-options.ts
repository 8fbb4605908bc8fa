import { type ParseArgsConfig, parseArgs } from 'node:util'
import { calledAs } from '../check/called.ts'
import { didYouMean } from '../inventory/nearest.ts'
import type { Declaration } from './command.ts'
import { dashed, type Given, Misused, type Option, type Options, type Rule } from './options.ts'

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number]
type OptionToken = Extract<Token, { kind: 'option' }>
type Texts = ReadonlyMap<string, readonly string[]>

/** What a call requests. */
export type Parsed<O extends Options> =
  | { readonly asks: 'help' }
  | { readonly asks: 'version' }
  | { readonly asks: 'run'; readonly given: Given<O> }

/** Options of every command that take precedence over everything else on the command line. */
const ends = ['help', 'version'] as const

/** @throws Misused for the first problem with the call */
export function parseOptions<O extends Options>(
  { name, options, rules = [] }: Pick<Declaration<O>, 'name' | 'options' | 'rules'>,
  args: readonly string[],
): Parsed<O> {
  const tokens = tokensOf(options, args)
  const asks = ends.find(end => tokens.some(token => token.kind === 'option' && token.name === end))
  if (asks !== undefined) return { asks }

  const texts = textsOf(options, tokens)
  for (const rule of rules) checkRule(rule, texts)
  const values = Object.entries(options).map(([key, option]) => [
    key,
    option.read(texts.get(key) ?? [], dashed(key)),
  ])
  const call = { name, args, explicit: new Set(texts.keys()), inventory: texts.get('inventory')?.[0] }
  // The only place where the type checker cannot relate the types of an option and its value.
  return { asks: 'run', given: { ...Object.fromEntries(values), call } as Given<O> }
}

// Not strict: problems are determined from the tokens, because the errors of Node.js could be distinguished only by
// their English text.
function tokensOf(options: Options, args: readonly string[]): readonly Token[] {
  const config: NonNullable<ParseArgsConfig['options']> = {
    ...Object.fromEntries(
      Object.entries(options)
        .filter(([, { takes }]) => takes !== 'arguments')
        .map(([key, { takes }]) => [
          dashed(key).slice(2),
          { type: takes === 'nothing' ? 'boolean' : 'string' },
        ]),
    ),
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean' },
  }
  return parseArgs({ args: [...args], options: config, strict: false, tokens: true }).tokens
}

/** The given texts, by the key of the option. */
function textsOf(options: Options, tokens: readonly Token[]): Texts {
  const texts = new Map<string, readonly string[]>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    const [key, text] =
      token.kind === 'option' ? optionIn(token, options) : [argumentsIn(token.value, options), token.value]
    const before = texts.get(key) ?? []
    if (before.length > 0 && options[key]?.takes === 'one value')
      throw new Misused(`${dashed(key)} can be given only once`)
    texts.set(key, [...before, text])
  }
  return texts
}

function argumentsIn(word: string, options: Options): string {
  const found = Object.keys(options).find(key => options[key]?.takes === 'arguments')
  if (found !== undefined) return found
  throw new Misused(`unexpected argument ${JSON.stringify(word)}; this command takes no arguments`)
}

/** The key of a given option, and its value. */
function optionIn(token: OptionToken, options: Options): readonly [key: string, text: string] {
  const named = Object.entries(options).filter(([, { takes }]) => takes !== 'arguments')
  const [key, option] = named.find(([known]) => dashed(known) === token.rawName) ?? []
  if (key === undefined || option === undefined) {
    const known = [...named.map(([name]) => dashed(name)), ...ends.map(dashed)]
    throw new Misused(`unknown option ${token.rawName}${didYouMean(token.rawName, known)}`)
  }
  return [key, valueIn(token, option)]
}

function valueIn({ rawName, value, inlineValue }: OptionToken, { takes }: Option): string {
  if (takes === 'nothing') {
    if (value === undefined) return ''
    throw new Misused(`${rawName} does not take a value`)
  }
  if (value === undefined || value === '') throw new Misused(`${rawName} requires a value`)
  // The next option, if the value was omitted.
  if (!inlineValue && /^-./.test(value))
    throw new Misused(
      `${rawName} requires a value; a value that starts with - is written ${rawName}=${value}`,
    )
  return value
}

function checkRule(rule: Rule, texts: Texts): void {
  if (!texts.has(rule.option)) return
  const option = dashed(rule.option)
  if ('requires' in rule) {
    const { requires, value } = rule
    const found = texts.get(requires)
    if (value === undefined ? found !== undefined : found?.includes(value)) return
    throw new Misused(`${option} requires ${dashed(requires)}${value === undefined ? '' : ` ${value}`}`)
  }
  const { conflictsWith, unless } = rule
  const other = texts.get(conflictsWith)
  if (other === undefined || (unless !== undefined && other.includes(unless))) return
  throw new Misused(`use either ${option} or ${dashed(conflictsWith)}`)
}

/**
 * Options that a user may have set for npm itself in an .npmrc; without them, a command only asks for confirmation or
 * prints text.
 */
const npmsOwn = ['yes', 'json']

/**
 * npm consumes options before `--`, some of them silently: a dry run would become a launch. npm passes what it consumed
 * to the script in `npm_config_…` (npm 11).
 *
 * @throws Misused with the name of the option
 */
export function refuseSwallowed(
  { name, options }: Pick<Declaration, 'name' | 'options'>,
  env: Readonly<Record<string, string | undefined>>,
): void {
  if (env.npm_lifecycle_event !== name) return
  const lost = Object.entries(options)
    .filter(([key, { takes }]) => takes !== 'arguments' && !npmsOwn.includes(key))
    .map(([key]) => dashed(key))
    .filter(option => env[`npm_config_${option.slice(2).replaceAll('-', '_')}`])
    .join(' ')
  if (lost === '') return
  throw new Misused(`npm did not pass on ${lost}; put options after --: ${calledAs(name)} ${lost} …`)
}
