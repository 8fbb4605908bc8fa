import { gzipSync } from 'fflate'

/**
 * Compresses bytes, to the same bytes on every machine. What zlib makes differs with its version and with the
 * processor, and another byte is another user-data.
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 9, mtime: 0 })
}
