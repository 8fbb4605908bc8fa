import { gunzipSync } from 'fflate'
import type { Finding } from '../rules/rule.ts'
import { type Check, entriesOf, isMapping } from './config.ts'

type Encoding = 'plain' | 'b64' | 'gz' | 'gz+b64'

/** The encodings of cc_write_files.py (canonicalize_extraction). It treats any other encoding as plain text. */
const encodings: Readonly<Record<string, Encoding>> = {
  '': 'plain',
  'text/plain': 'plain',
  b64: 'b64',
  base64: 'b64',
  gz: 'gz',
  gzip: 'gz',
  'gz+b64': 'gz+b64',
  'gz+base64': 'gz+b64',
  'gzip+b64': 'gz+b64',
  'gzip+base64': 'gz+b64',
}

/**
 * Content that cloud-init cannot write. `write_files` stops at the first one (cc_write_files.py, extract_contents), so
 * none of the files after it is written.
 */
export const checkContents: Check = (config, path) =>
  entriesOf(config.write_files).flatMap((file, index): readonly Finding[] => {
    if (!isMapping(file)) return []
    const place = path.below('write_files', index)
    const { content = '', encoding = '' } = file
    const known = encodingOf(encoding)
    if (known === undefined) {
      const help = 'use b64, gz+b64 or text/plain'
      return [{ path: place.below('encoding'), message: 'must be an encoding of cloud-init', help }]
    }
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
      const help = content === null ? 'use "" for an empty file' : 'quote it, or write it as a block after |'
      return [{ path: place.below('content'), message: 'must be text', help }]
    }
    const trouble = decodingTrouble(content, known)
    return trouble === undefined ? [] : [{ path: place.below('content'), ...trouble }]
  })

function encodingOf(encoding: unknown): Encoding | undefined {
  if (encoding === null || encoding === false) return 'plain'
  if (typeof encoding !== 'string') return undefined
  const name = encoding.toLowerCase().trim()
  return Object.hasOwn(encodings, name) ? encodings[name] : undefined
}

type Trouble = { readonly message: string; readonly help: string } | undefined

function decodingTrouble(content: string | Uint8Array, encoding: Encoding): Trouble {
  if (encoding === 'plain') return undefined
  if (encoding === 'gz') {
    if (content instanceof Uint8Array && isGzip(content)) return undefined
    const help = typeof content === 'string' ? 'encode it as gz+b64' : 'compress it with gzip'
    return { message: 'is not gzip data, as its encoding says', help }
  }
  const text = (typeof content === 'string' ? content : new TextDecoder('latin1').decode(content)).replace(
    /\s+/g,
    '',
  )
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    return {
      message: 'is not base64, as its encoding says',
      help: 'encode it with base64, or remove encoding',
    }
  }
  if (encoding === 'b64' || isGzip(Uint8Array.from(atob(text), char => char.charCodeAt(0)))) return undefined
  return {
    message: 'is not gzip data in base64, as its encoding says',
    help: 'encode it with gzip and base64',
  }
}

function isGzip(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return false
  try {
    gunzipSync(bytes)
    return true
  } catch {
    return false
  }
}
