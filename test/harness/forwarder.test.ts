import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { parseRequest } from './aws-call.ts'
import { forwarder } from './forwarder.ts'

test('a failure of moto is returned as an error, not as a page that SDKs cannot parse', async t => {
  const moto = createServer((_, response) => {
    response.writeHead(500, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html>')
  }).listen(0, '127.0.0.1')
  await once(moto, 'listening')
  const headers = { authorization: 'Credential=KEY/20260101/us-east-1/autoscaling/aws4_request' }
  const request = parseRequest(
    { method: 'POST', path: '/' },
    headers,
    Buffer.from('Action=StartInstanceRefresh'),
  )
  const url = `http://127.0.0.1:${(moto.address() as AddressInfo).port}`
  const reply = await forwarder(url)(request)
  t.is(reply.status, 501)
  t.regex(reply.body.toString(), /<Code>StandInBroke<.*moto broke or lacks autoscaling StartInstanceRefresh/)
  moto.closeAllConnections()
  moto.close()
})
