import { printable } from '../inventory/types.ts'

/**
 * Writes a value so that it can't leave its place: numbers and booleans as they are, text between double
 * quotes. The same spelling is a YAML scalar, a JSON string and a value of a systemd environment file,
 * because printable text needs no other escape than `\"` and `\\`, which all three share.
 *
 * @throws TypeError for a missing value and for text that isn't printable, which the inventory refuses
 */
export function quote(value: unknown): string {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value)
  if (typeof value !== 'string' || !printable.test(value)) {
    throw new TypeError(`a template was given ${JSON.stringify(value)}, which it can't write`)
  }
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

/**
 * Writes a name where a file format knows no quotes, as zoo.cfg and dnsmasq.
 *
 * @throws TypeError for anything but letters, digits and `. _ : / @ % + -`
 */
export function bare(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/@%+-]+$/.test(value)) return value
  throw new TypeError(`a template was given ${JSON.stringify(value)} where only a plain name can stand`)
}
