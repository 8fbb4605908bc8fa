import { show } from './problems.ts'
import type { Finding } from './rules/rule.ts'

// Text as Mesos 1.11 parses it (3rdparty/stout, src/common/values.cpp, resources.cpp and attributes.cpp).

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

/** A duration in seconds, or nothing when Mesos can't read it. */
export function durationOf(value: unknown): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(String(value)) ?? []
  const length = Number(amount) * (seconds[unit] ?? Number.NaN)
  return typeof value === 'string' && length < longest ? length : undefined
}

/** Whether Mesos reads a text as a size: a whole number and a unit, in letters of any case. */
export function isSize(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,15}(B|KB|MB|GB|TB)$/i.test(value)
}

const range = String.raw`\s*\d+\s*-\s*\d+\s*`
const ranges = new RegExp(`^\\s*\\[${range}(,${range})*\\]\\s*$`)
const set = /^\s*\{[^{}]+\}\s*$/
const amounts = /^(cpus|mem|disk|gpus|network_bandwidth)(\(|$)/

type Pairs = Readonly<Record<string, string | number>>

/** What Mesos couldn't read of resources. */
export function checkResources(resources: Pairs, path: string): readonly Finding[] {
  return Object.entries(resources).flatMap(([name, value]) => {
    const expects = resourceTrouble(name, value)
    if (expects === undefined) return []
    return [{ path: `${path}.${name}`, message: `must be ${expects}, got ${show(value)}` }]
  })
}

function resourceTrouble(name: string, value: string | number): string | undefined {
  const amount = Number(value)
  const isAmount = String(value).trim() !== '' && Number.isFinite(amount) && amount >= 0
  if (amounts.test(name)) {
    if (!isAmount) return 'an amount, 0 or more'
    return /^gpus/.test(name) && !Number.isInteger(amount) ? 'a whole number of GPUs' : undefined
  }
  const isRanges = ranges.test(String(value)) && ascends(String(value))
  if (/^ports(\(|$)/.test(name)) return isRanges ? undefined : 'ranges such as "[31000-32000]"'
  if (isAmount || isRanges || set.test(String(value))) return undefined
  return 'an amount, ranges such as "[1-9]" or a set such as "{a,b}"'
}

function ascends(text: string): boolean {
  return [...text.matchAll(/(\d+)\s*-\s*(\d+)/g)].every(([, first, last]) => Number(first) <= Number(last))
}

/** What Mesos couldn't read of attributes. What it can't read as ranges or a number is text. */
export function checkAttributes(attributes: Pairs, path: string): readonly Finding[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    const text = String(value).trim()
    const readable = !text.startsWith('{') && (!text.startsWith('[') || (ranges.test(text) && ascends(text)))
    if (readable) return []
    const message = `Mesos reads ${show(value)} as ${text.startsWith('{') ? 'a set, which is not supported for attributes' : 'ranges, and they are not valid'}`
    return [{ path: `${path}.${name}`, message, help: 'start the value with another character' }]
  })
}
