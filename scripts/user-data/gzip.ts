import { gzipSync } from 'fflate'

/**
 * Compresses bytes, with the same result on every machine. The output of zlib depends on its version and the processor,
 * and different bytes would be different user data.
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 9, mtime: 0 })
}
