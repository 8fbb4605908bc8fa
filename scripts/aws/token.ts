import { createHash } from 'node:crypto'

/** A client token, derived from what is asked for: 64 ASCII characters, EC2's limit. */
export function tokenOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
