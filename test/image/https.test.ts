import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import type { Fetched } from '../../scripts/image/download.ts'
import { sha256 } from '../../scripts/image/fingerprint.ts'
import {
  content,
  cutOff,
  type DownloadServer,
  redirect,
  silent,
  startDownloadServer,
  status,
} from '../harness/download-server.ts'

const test = anyTest as TestFn<DownloadServer>

let server: DownloadServer
test.before(async () => {
  server = await startDownloadServer()
})
test.beforeEach(t => {
  t.context = server
})
test.after.always(() => server.close())

const text = 'a package that is long enough to be cut in two'
const fetchIt = `
import { fetchAll } from './scripts/image/download.ts'
const [url, sha256, cache, stall] = JSON.parse(process.argv[1])
const wanted = { artifact: { name: 'mesos', kind: 'deb', url }, sha256: sha256 ?? undefined, says: 'the lock' }
const control = new AbortController()
process.once('SIGINT', () => control.abort(new Error('interrupted')))
const told = { tell: line => console.error(line), signal: control.signal }
const store = { cache, inventoryFolder: '.', ...told, ...(stall && { stall }) }
try {
  console.log(JSON.stringify(await fetchAll([wanted], store)))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
`

/** Downloads an artifact in a separate process, because Node.js reads its certificate authorities once at startup. */
function fetchFrom(
  { url, authority }: Pick<DownloadServer, 'url' | 'authority'>,
  path: string,
  how: {
    readonly sum?: string
    readonly cache?: string
    readonly stall?: number
    /** Interrupts the process as soon as this is true. */
    readonly interruptOnce?: () => boolean
  } = {},
) {
  const cache = how.cache ?? mkdtempSync(join(tmpdir(), 'mesos-bakery-downloads-'))
  const asked = JSON.stringify([`${url}${path}`, how.sum, cache, how.stall])
  const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: authority }
  const args = ['--import', 'tsx', '--input-type=module', '--eval', fetchIt, asked]
  return new Promise<{ fetched: Fetched | undefined; said: string; cache: string }>(done => {
    const child = execFile(process.execPath, args, { env }, (_error, stdout, said) => {
      clearInterval(watch)
      const [fetched] = stdout === '' ? [] : JSON.parse(stdout)
      done({ fetched, said, cache })
    })
    const watch = setInterval(() => {
      if (how.interruptOnce?.() && child.kill('SIGINT')) clearInterval(watch)
    }, 20)
  })
}

test('a download is stored under its checksum, and not repeated', async t => {
  const { context: from } = t
  from.answer('/once.deb', content(text))
  const first = await fetchFrom(from, '/once.deb')
  t.is(first.fetched?.sha256, sha256(text), first.said)
  t.is(readFileSync(first.fetched?.file ?? '', 'utf8'), text)
  const again = await fetchFrom(from, '/once.deb', { sum: sha256(text), cache: first.cache })
  t.deepEqual(again.fetched, first.fetched)
  t.is(again.said, '')
  t.deepEqual(asksFor(from, '/once.deb'), ['/once.deb'])
})

test('a download that is cut off, or rejected by a busy server, succeeds at the next attempt', async t => {
  const { context: from } = t
  from.answer('/cut.deb', cutOff(text), content(text))
  from.answer('/busy.deb', status(503), content(text))
  from.answer('/throttled.deb', status(429), content(text))
  for (const path of ['/cut.deb', '/busy.deb', '/throttled.deb']) {
    const { fetched, said, cache } = await fetchFrom(from, path)
    t.is(fetched?.sha256, sha256(text), said)
    t.deepEqual(readdirSync(cache), [`${sha256(text)}.deb`])
    t.is(asksFor(from, path).length, 2)
  }
})

test('after three failed attempts, the reason is reported, and nothing is stored', async t => {
  const { context: from } = t
  from.answer('/short.deb', cutOff(text))
  const { fetched, said, cache } = await fetchFrom(from, '/short.deb')
  t.is(fetched, undefined)
  t.regex(
    said,
    /artifact mesos: https:\S+\/short.deb cannot be downloaded: .*; check its url in the inventory/,
  )
  t.is(asksFor(from, '/short.deb').length, 3)
  t.deepEqual(readdirSync(cache), [])
})

test('a download is retried if the server stops sending data', async t => {
  const { context: from } = t
  from.answer('/mute.deb', silent(), silent(text), content(text))
  const { fetched, said } = await fetchFrom(from, '/mute.deb', { stall: 3_000 })
  t.is(fetched?.sha256, sha256(text), said)
  t.is(asksFor(from, '/mute.deb').length, 3)

  from.answer('/dumb.deb', silent())
  const { said: reason } = await fetchFrom(from, '/dumb.deb', { stall: 500 })
  t.regex(reason, /dumb.deb cannot be downloaded: no data received for 0.5 s; check its url/)
})

test('an interrupted download stops immediately, stores nothing and is not retried', async t => {
  const { context: from } = t
  from.answer('/long.deb', silent(text))
  const { said, cache } = await fetchFrom(from, '/long.deb', {
    interruptOnce: () => asksFor(from, '/long.deb').length > 0,
  })
  t.regex(said, /^downloading mesos from \S+\ninterrupted\n$/)
  t.is(asksFor(from, '/long.deb').length, 1)
  t.deepEqual(readdirSync(cache), [])
})

test('a missing file is not requested again', async t => {
  const { context: from } = t
  const { said, cache } = await fetchFrom(from, '/none.deb')
  t.regex(
    said,
    /artifact mesos: https:\S+\/none.deb returned HTTP status 404; check its url in the inventory/,
  )
  t.is(asksFor(from, '/none.deb').length, 1)
  t.deepEqual(readdirSync(cache), [])
})

test('redirects are followed only if they lead to https', async t => {
  const { context: from } = t
  from.answer('/there.deb', content(text))
  from.answer('/here.deb', redirect('/there.deb'))
  t.is((await fetchFrom(from, '/here.deb')).fetched?.sha256, sha256(text))

  const plain = createServer((_request, response) => response.end(text))
  await new Promise<void>(done => plain.listen(0, '127.0.0.1', done))
  t.teardown(() => plain.close())
  const port = Object(plain.address()).port
  from.answer('/out.deb', redirect(`http://127.0.0.1:${port}/plain.deb`))
  const { fetched, said, cache } = await fetchFrom(from, '/out.deb')
  t.is(fetched, undefined)
  t.regex(said, /\/out.deb redirects to http:\/\/127.0.0.1:\d+\/plain.deb, which is not https/)
  t.deepEqual(readdirSync(cache), [])
})

test('a server with an untrusted certificate is refused with the reason', async t => {
  const { url } = t.context
  const { fetched, said } = await fetchFrom({ url, authority: '/nowhere' }, '/once.deb')
  t.is(fetched, undefined)
  t.regex(said, /cannot be downloaded: (unable to verify|self.signed certificate|unable to get)/)
})

const asksFor = ({ asked }: DownloadServer, path: string) => asked.filter(one => one === path)
