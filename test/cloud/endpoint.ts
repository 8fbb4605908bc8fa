import { readFileSync } from 'node:fs'
import { request as forward } from 'node:http'
import { createServer, type Server } from 'node:https'
import { join } from 'node:path'
import { runProgram } from '../harness/programs.ts'

/** A bucket that the machines can reach, once a test has created it. */
export const BUCKET = 'user-data-of-tests'

const S3 = 's3.us-east-1.amazonaws.com'

/** The names that machines call. The auto-join of Consul uses the dual-stack endpoint (go-discover). */
export const ENDPOINT_NAMES = [
  'ec2.us-east-1.api.aws',
  'ec2.us-east-1.amazonaws.com',
  'autoscaling.us-east-1.amazonaws.com',
  `${BUCKET}.${S3}`,
]

/** The certificate of the endpoint, which is also the only authority that the machines trust. */
export interface Certificate {
  /** The path of the certificate in PEM. */
  readonly file: string
  readonly key: string
}

/** Creates a certificate for the endpoints of AWS in a directory. */
export function makeCertificate(folder: string): Certificate {
  const [file, key] = [join(folder, 'ca.pem'), join(folder, 'ca.key')]
  const names = ENDPOINT_NAMES.map(name => `DNS:${name}`).join(',')
  const subject = ['-subj', '/CN=test cloud', '-addext', `subjectAltName=${names}`]
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-keyout', key, '-out', file]
  const { code, output } = runProgram('openssl', [...made, ...subject])
  if (code !== 0) throw new Error(`openssl: ${output}`)
  return { file, key }
}

/** Serves an API over TLS, as AWS does: machines reach it by its name, and trust its certificate. */
export function tlsEndpoint({ file, key }: Certificate, upstream: string): Server {
  return createServer({ cert: readFileSync(file), key: readFileSync(key) }, (request, response) => {
    const { method, url = '/', headers } = request
    // moto takes the name of a bucket from the path.
    const inBucket = headers.host === `${BUCKET}.${S3}`
    const path = inBucket ? `/${BUCKET}${url}` : url
    const sent = inBucket ? { ...headers, host: S3 } : headers
    const onward = forward(new URL(path, upstream), { method, headers: sent }, reply => {
      response.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
}
