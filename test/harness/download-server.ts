import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The response to a request. */
export type Answer = (response: ServerResponse) => void

/** An HTTPS server for artifacts. Its certificate is trusted only by clients that are configured to trust it. */
export interface DownloadServer {
  readonly url: string
  /** For NODE_EXTRA_CA_CERTS. */
  readonly authority: string
  /** Sets the responses for a path, in order. The last one is repeated. */
  readonly answer: (path: string, ...answers: readonly [Answer, ...Answer[]]) => void
  /** The requested paths, in order. */
  readonly asked: string[]
  readonly close: () => void
}

export async function startDownloadServer(): Promise<DownloadServer> {
  const { certificate, key, authority } = makeAuthority()
  const answers = new Map<string, Answer[]>()
  const asked: string[] = []
  const server = createServer(
    { cert: readFileSync(certificate), key: readFileSync(key) },
    (request, response) => {
      const path = request.url ?? ''
      asked.push(path)
      const left = answers.get(path) ?? [status(404)]
      const answer = left.length > 1 ? left.shift() : left[0]
      answer?.(response)
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    authority,
    answer: (path, ...some) => answers.set(path, [...some]),
    asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export function status(code: number): Answer {
  return response => response.writeHead(code).end()
}

export function redirect(location: string): Answer {
  return response => response.writeHead(302, { location }).end()
}

export function content(text: string): Answer {
  return response => response.end(text)
}

/** Sends less than announced before the connection breaks. */
export function cutOff(text: string): Answer {
  return response => {
    response.writeHead(200, { 'content-length': text.length })
    response.write(text.slice(0, text.length / 2), () => response.destroy())
  }
}

/** Sends half of a text, or nothing, and leaves the connection open. */
export function silent(text = ''): Answer {
  return response => {
    if (text === '') return
    response.writeHead(200, { 'content-length': text.length })
    response.write(text.slice(0, text.length / 2))
  }
}

/** A certificate authority, and a certificate for `localhost` signed by it. */
function makeAuthority() {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-authority-'))
  const [authority, certificate, key] = ['ca.pem', 'cert.pem', 'key.pem'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const caKey = join(folder, 'ca-key.pem')
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', [...newCertificate, ...args], { stdio: 'ignore' })
  openssl('-subj', '/CN=an authority of tests', '-keyout', caKey, '-out', authority)
  const signed = ['-CA', authority, '-CAkey', caKey, '-addext', 'basicConstraints=CA:FALSE']
  const names = ['-subj', '/CN=a server of artifacts', '-addext', 'subjectAltName=DNS:localhost']
  openssl(...names, ...signed, '-keyout', key, '-out', certificate)
  return { authority, certificate, key }
}

/** The arguments of openssl for a new certificate that is valid for two days, with a key without a passphrase. */
export const newCertificate = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'.split(
  ' ',
)
