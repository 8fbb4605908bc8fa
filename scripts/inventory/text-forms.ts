import type { Form } from './flag-forms.ts'
import { roleTrouble } from './roles.ts'
import { printable } from './types.ts'

// Values that a daemon reads as text and then checks itself.

/** Text that the daemon accepts only if `fits` does. A number is treated as text. */
export function text(expects: string, fits: (text: string) => boolean): Form {
  return {
    expects,
    fits: value =>
      (typeof value === 'string' || Number.isFinite(value)) &&
      printable.test(String(value)) &&
      fits(String(value)),
  }
}

export function pattern(expects: string, regex: RegExp): Form {
  return text(expects, value => regex.test(value))
}

/** One of several words, in lower or upper case. */
export function word(...words: readonly string[]): Form {
  const known = `one of ${words.join(', ')}`
  return text(words.length === 1 ? `${words[0]}` : known, value => words.includes(value.toLowerCase()))
}

/** A list of different items, as a YAML list or as text with commas. */
export function listOf(expects: string, fits: (item: string) => boolean): Form {
  return {
    expects,
    fits: value => {
      const items = itemsOf(value)
      return items?.every(fits) === true && new Set(items).size === items.length
    },
  }
}

/** The items of a list, or of text with commas. The daemons ignore empty items. */
export function itemsOf(value: unknown): readonly string[] | undefined {
  const items = typeof value === 'string' ? value.split(',').filter(item => item !== '') : value
  if (!Array.isArray(items) || items.length === 0) return undefined
  const plain = items.every(item => (typeof item === 'string' && item !== '') || Number.isFinite(item))
  return plain ? items.map(String) : undefined
}

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const ipv4 = new RegExp(`^${octet}(\\.${octet}){3}$`)
// Distinguishes an address from a name. The daemon checks the address with inet_pton.
const ipv6 = /^(?=.*:.*:)[0-9a-f:]+(\.\d+){0,3}$/i

/** An address that other machines can send to. */
export const reachable = text(
  'an IP address at which other machines reach this one, such as 10.0.0.1',
  value => (ipv4.test(value) || ipv6.test(value)) && !/^(0\.0\.0\.0$|127\.|::1?$)/.test(value),
)
/** An address, or a name that is not an address with a mistake. */
export const listenAddress = text(
  'an IP address or a host name',
  value =>
    ipv4.test(value) ||
    ipv6.test(value) ||
    /^(?![\d.]+$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value),
)
export const ipv6Address = pattern('an IPv6 address such as fd00::1', ipv6)
export const directory = pattern('the absolute path of a directory', /^\/\S*$/)
export const absolutePath = pattern('an absolute path', /^\/\S+$/)
export const webUrl = pattern('a URL such as https://marathon.example.com/', /^https?:\/\/[^\s/]+(\/\S*)?$/)

/** A whole number within bounds, written as a number or as text. */
export function numberText(expects: string, least: number, most: number): Form {
  return text(expects, value => /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most)
}

/** Whether Mesos accepts a text as a role. */
export function isRole(role: string): boolean {
  return !/[\s\x7f]/.test(role) && roleTrouble(role) === undefined
}
