import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { remembering } from './remember.ts'

const hexOf = remembering(text => bytesToHex(sha256(utf8ToBytes(text))))

/** The part of the crypto module of Node.js that the core uses. The bundle of the page has it in place of the module. */
export function createHash(_: 'sha256') {
  return { update: (text: string) => ({ digest: (_: 'hex') => hexOf(text) }) }
}
