import { createHash } from 'node:crypto'

// The page runs the same code in a browser, so this is the only file of the core that imports a module of Node.js. The
// bundle of the page replaces it (scripts/cli/bundle-page.ts).

const encoder = new TextEncoder()

/** A text in UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The length of a text in UTF-8, in bytes. */
export function byteLength(text: string): number {
  // Encoding is slow in browsers, and almost every text is ASCII.
  return isAscii.test(text) ? text.length : bytesOf(text).length
}

const isAscii = /^[\0-\x7f]*$/

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
