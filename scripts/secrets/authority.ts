import { createECDH, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { Random } from './secret-set.ts'

/** A certificate authority, as PEM. */
export interface Authority {
  readonly certificate: string
  readonly key: string
}

/** When a certificate is valid, as times in ISO 8601 and UTC. */
export interface Validity {
  readonly from: string
  readonly until: string
}

/** Makes the certificate authority that signs the certificates of the Consul servers (RFC 5280). */
export function makeAuthority(cluster: string, random: Random, { from, until }: Validity): Authority {
  const key = privateKey(random(32))
  const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from(`Consul of ${cluster}`)))))
  const serial = Buffer.from(random(16))
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f) // positive, without leading zeros
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    ecdsaWithSha256,
    name,
    der(0x30, time(from), time(until)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  )
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, key))
  return {
    certificate: pem('CERTIFICATE', der(0x30, body, ecdsaWithSha256, signature)),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function privateKey(secret: Uint8Array) {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(secret)
  const point = ecdh.getPublicKey()
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  const parts = { x: text(point.subarray(1, 33)), y: text(point.subarray(33)), d: text(secret) }
  return createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', ...parts } })
}

/** A value in DER (ITU-T X.690): its tag, its length and its content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

/** An object identifier, from the hexadecimal form of its content. */
function oid(content: string): Buffer {
  return der(0x06, Buffer.from(content, 'hex'))
}

const ecdsaWithSha256 = der(0x30, oid('2a8648ce3d040302'))

const critical = der(0x01, Buffer.of(0xff))
const extensions = [
  // Basic constraints: a certificate authority, which signs no other authorities.
  der(0x30, oid('551d13'), critical, der(0x04, der(0x30, critical, der(0x02, Buffer.of(0))))),
  // Key usage: signs certificates and revocation lists.
  der(0x30, oid('551d0f'), critical, der(0x04, der(0x03, Buffer.of(1, 0x06)))),
]

/** A time in UTC, with two digits of the year until 2049. */
function time(iso: string): Buffer {
  const digits = `${iso.replace(/\D/g, '').slice(0, 14)}Z`
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

function pem(title: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${title}-----\n${lines.join('\n')}\n-----END ${title}-----\n`
}
