import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How one request is answered. */
export type Answer = (response: ServerResponse) => void

/** A server of artifacts, over TLS, with a certificate that only those trust who are told of it. */
export interface DownloadServer {
  readonly url: string
  /** For NODE_EXTRA_CA_CERTS. */
  readonly authority: string
  /** Lets a path be answered in these ways, one after the other, and then in the last. */
  readonly answer: (path: string, ...answers: readonly [Answer, ...Answer[]]) => void
  /** The paths that were asked for, in order. */
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

/** Promises more than it sends before the connection breaks. */
export function cutOff(text: string): Answer {
  return response => {
    response.writeHead(200, { 'content-length': text.length })
    response.write(text.slice(0, text.length / 2), () => response.destroy())
  }
}

/** Sends half of a text, or nothing at all, and leaves the connection open. */
export function silent(text = ''): Answer {
  return response => {
    if (text === '') return
    response.writeHead(200, { 'content-length': text.length })
    response.write(text.slice(0, text.length / 2))
  }
}

/** An authority of its own, and a certificate for `localhost` that it has signed. */
function makeAuthority() {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-authority-'))
  const [authority, certificate, key] = ['ca.pem', 'cert.pem', 'key.pem'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const caKey = join(folder, 'ca-key.pem')
  const fresh = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ]
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', [...fresh, ...args], { stdio: 'ignore' })
  openssl('-subj', '/CN=an authority of tests', '-keyout', caKey, '-out', authority)
  const signed = ['-CA', authority, '-CAkey', caKey, '-addext', 'basicConstraints=CA:FALSE']
  const names = ['-subj', '/CN=a server of artifacts', '-addext', 'subjectAltName=DNS:localhost']
  openssl(...names, ...signed, '-keyout', key, '-out', certificate)
  return { authority, certificate, key }
}
