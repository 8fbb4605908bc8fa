// Text as Mesos 1.11 parses it (3rdparty/stout, src/common/values.cpp).

const seconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  secs: 1,
  mins: 60,
  hrs: 3_600,
  days: 86_400,
  weeks: 604_800,
}

// Mesos counts nanoseconds in 64 bits.
const longest = 2 ** 63 / 1e9

/** A duration in seconds. Undefined if Mesos cannot read it. */
export function durationOf(value: unknown): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(String(value)) ?? []
  const length = Number(amount) * (seconds[unit] ?? Number.NaN)
  return typeof value === 'string' && length < longest ? length : undefined
}

/** Whether Mesos reads a text as a size: a whole number and a unit, in letters of any case. */
export function isSize(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,15}(B|KB|MB|GB|TB)$/i.test(value)
}

/** How Mesos reads the value of a resource or an attribute. */
export type MesosValue =
  | { readonly kind: 'scalar'; readonly amount: number }
  | { readonly kind: 'ranges'; readonly ranges: readonly Range[] }
  | { readonly kind: 'set'; readonly items: readonly string[] }
  | { readonly kind: 'text' }
  /** Mesos exits. `why` completes the sentence "Mesos cannot parse it: …". */
  | { readonly kind: 'error'; readonly why: string }

export type Range = readonly [first: bigint, last: bigint]

const error = (why: string): MesosValue => ({ kind: 'error', why })

/** Reads a value as Mesos does, which removes spaces first (src/common/values.cpp, `parse`). */
export function parseValue(text: string): MesosValue {
  const bare = text.replaceAll(' ', '')
  if (bare === '') return error('it is empty')
  const pair = ['{}', '[]', '()'].find(brackets => !areMatched(bare, brackets))
  if (pair !== undefined) return error(`its ${pair.split('').join(' and ')} do not match`)
  if (bare.includes('['))
    return bare.startsWith('[') ? readRanges(bare) : error('"[" is allowed at the start only')
  if (bare.startsWith('{')) return { kind: 'set', items: bare.split(/[{},]/).filter(item => item !== '') }
  return bare.includes('{') ? error('"{" is allowed at the start only') : readNumber(bare)
}

/** Whether brackets are balanced (stout, `checkBracketsMatching`). */
function areMatched(text: string, [open, close]: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === open) depth += 1
    if (character === close) depth -= 1
    if (depth < 0) return false
  }
  return depth === 0
}

const rangesForm = /^\[\d+-\d+(,\d+-\d+)*\]$/

function readRanges(bare: string): MesosValue {
  if (!rangesForm.test(bare)) return error('it is not a list of ranges')
  const ranges = [...bare.matchAll(/(\d+)-(\d+)/g)].map(
    ([, first = '', last = '']): Range => [BigInt(first), BigInt(last)],
  )
  if (ranges.some(([first, last]) => first > last)) return error('a range ends before it starts')
  // Ends are whole numbers of 64 bits.
  if (ranges.some(([, last]) => last >= 2n ** 64n)) return error('a range is too large')
  return { kind: 'ranges', ranges }
}

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const smallestNormal = 2.2250738585072014e-308

// boost's lexical_cast, then validateInputScalarValue (src/common/validation.cpp).
function readNumber(bare: string): MesosValue {
  if (/^[+-]?(inf|infinity|nan(\(.*\))?)$/i.test(bare)) return error('it is not a finite number')
  const amount = numberForm.test(bare) ? Number(bare) : Number.NaN
  if (!Number.isFinite(amount)) return { kind: 'text' }
  if (amount < 0) return error('it is a negative number')
  return amount > 0 && amount < smallestNormal ? error('it is too close to 0') : { kind: 'scalar', amount }
}

/** Larger numbers lose digits, because Mesos and YAML parsers store 53 bits. */
export const largestExact = 2 ** 53 - 1

/** A number as Mesos shows it: with three decimals at most (src/common/values.cpp, `convertToFixed`). */
export function shownByMesos(amount: number): string {
  return String(Number.isInteger(amount) ? amount : Math.round(amount * 1000) / 1000)
}
