import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

// Works in a browser too: the page runs the same code as the commands.

const encoder = new TextEncoder()

/** A text in UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The length of a text in UTF-8, in bytes. */
export function byteLength(text: string): number {
  return bytesOf(text).length
}

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function sha256Of(text: string): string {
  return bytesToHex(sha256(bytesOf(text)))
}
