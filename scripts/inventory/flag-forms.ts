import { durationOf, isSize } from './mesos-values.ts'
import { printable } from './types.ts'

/** The values that a flag accepts. `expects` completes the sentence "must be …". */
export interface Form {
  readonly expects: string
  readonly fits: (value: unknown) => boolean
}

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const isText = (value: unknown) => Number.isFinite(value) || (value !== '' && matches(printable)(value))
const isWhole = (value: unknown) => Number.isSafeInteger(value)
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isFile = matches(/^(file:\/\/)?\/\S*[^\s/]$/)
const trueOrFalse: Form = { expects: 'true or false', fits: value => typeof value === 'boolean' }
const aWhole: Form = { expects: 'a whole number', fits: isWhole }
const listOfText: Form = {
  expects: 'a string or a list of strings',
  fits: value => isText(value) || (Array.isArray(value) && value.every(isText)),
}

/** How each type of the flag tables is checked. All other types are text. */
const forms: Readonly<Record<string, Form>> = {
  bool: trueOrFalse,
  boolean: trueOrFalse,
  toggle: trueOrFalse,
  int: {
    expects: 'a whole number up to 2147483647',
    fits: value => isWhole(value) && Math.abs(Number(value)) <= 2_147_483_647,
  },
  long: aWhole,
  uint: { expects: 'a whole number, 0 or greater', fits: value => isWhole(value) && Number(value) >= 0 },
  port: {
    expects: 'a port from 0 to 65535',
    fits: value => isWhole(value) && Number(value) >= 0 && Number(value) <= 65_535,
  },
  double: { expects: 'a number', fits: value => typeof value === 'number' && Number.isFinite(value) },
  duration: {
    expects: 'a duration such as 10secs or 5mins',
    fits: value => durationOf(value) !== undefined,
  },
  bytes: { expects: 'a size such as 64MB, in whole numbers', fits: isSize },
  path: { expects: 'an absolute path', fits: isFile },
  ip: { expects: 'an IPv4 address such as 10.0.0.1', fits: matches(/^\d{1,3}(\.\d{1,3}){3}$/) },
  'string-list': listOfText,
  'Set[String]': listOfText,
  'uint-list': {
    expects: 'a list of whole numbers',
    fits: value => Array.isArray(value) && value.every(item => isWhole(item) && item >= 0),
  },
}

const json: Form = {
  expects: 'a map, or the path of a JSON file',
  fits: value => isObject(value) || isFile(value),
}

/** The values that a flag with a secret accepts. */
export const secretFile: Form = {
  expects: 'the path of a file on the machine, because its content is secret',
  fits: isFile,
}

/** The values that a flag accepts, by its type in the tables. `constraint` may list them: `linux|posix`. */
export function formOf(type: string, constraint: string | undefined): Form {
  if (constraint !== undefined && /^[A-Za-z_]+(\|[A-Za-z_]+)+$/.test(constraint)) {
    const values = constraint.split('|')
    return { expects: `one of ${values.join(', ')}`, fits: value => values.includes(String(value)) }
  }
  return forms[type] ?? (type.startsWith('json') ? json : { expects: 'text', fits: isText })
}

/**
 * Why a value of the right type is outside the bounds of its flag (`1secs..15mins`, `>=10mins`). Undefined if it is
 * not.
 */
export function boundsTrouble(constraint: string | undefined, value: unknown): string | undefined {
  const [, from, to, sign, bound] = /^(?:(.+?)\.\.(.+?)(?:,.*)?|([<>]=)(.+))$/.exec(constraint ?? '') ?? []
  const measured = measure(value)
  const least = measure(from ?? (sign === '>=' ? bound : undefined))
  const most = measure(to ?? (sign === '<=' ? bound : undefined))
  if (measured === undefined) return undefined
  if ((least === undefined || measured >= least) && (most === undefined || measured <= most)) return undefined
  if (from !== undefined) return `from ${from} to ${to}`
  return sign === '>=' ? `${bound} or more` : `${bound} or less`
}

/** A duration in seconds; a percentage or a number as it is. */
function measure(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && /^-?\d+(\.\d+)?%?$/.test(value) ? Number.parseFloat(value) : value
  return typeof number === 'number' ? number : durationOf(value)
}
