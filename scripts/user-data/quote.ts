import { printable } from '../inventory/types.ts'

/**
 * Writes a value so that it cannot change the structure around it: numbers and booleans unchanged, text in double
 * quotes. The result is a YAML scalar, a JSON string and a value of a systemd environment file at the same time,
 * because printable text needs only the escapes `\"` and `\\`, which all three formats support.
 *
 * @throws TypeError for a missing value, and for text that is not printable, which inventories cannot contain
 */
export function quote(value: unknown): string {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value)
  // Most values are plain, and the pattern of all printable characters is slow.
  if (typeof value === 'string' && /^[\w ./:,;-]*$/.test(value)) return `"${value}"`
  if (typeof value !== 'string' || !printable.test(value)) {
    throw new TypeError(`a template received ${JSON.stringify(value)}, which cannot be rendered`)
  }
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

/**
 * Writes a name in a file format without quoting, such as zoo.cfg and dnsmasq.
 *
 * @throws TypeError for anything but letters, digits and `. _ : / @ % + -`
 */
export function bare(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/@%+-]+$/.test(value)) return value
  throw new TypeError(`a template received ${JSON.stringify(value)}, but only a plain name is allowed here`)
}
