import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import type { InstanceFacts } from './instances.ts'
import { type Caller, metadataService } from './metadata.ts'

const instance: InstanceFacts = {
  id: 'i-1',
  name: 'c1-leader-1',
  state: 'running',
  address: '10.0.0.4',
  zone: 'us-east-1a',
  type: 'm6i.large',
  image: 'ami-1',
  profile: 'nodes',
  keyName: 'ops',
  metadataTags: {},
  groups: [],
}
const caller: Caller = {
  instance,
  userData: Buffer.from([0x1f, 0x8b, 0xff]),
  publicKey: 'ssh-ed25519 AAAA',
  hardwareAddress: '02:42:0a:00:00:04',
}

const server = metadataService(async address => (address === '127.0.0.1' ? caller : undefined))
let url = ''

test.before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/latest`
})

test.after.always(() => server.close())

const ttl = 'x-aws-ec2-metadata-token-ttl-seconds'

async function get(path: string): Promise<string> {
  const asked = await fetch(`${url}/api/token`, { method: 'PUT', headers: { [ttl]: '60' } })
  const headers = { 'x-aws-ec2-metadata-token': await asked.text() }
  return (await fetch(`${url}/${path}`, { headers })).text()
}

test('a token is required, and returned with its lifetime', async t => {
  t.is((await fetch(`${url}/meta-data/instance-id`)).status, 401)
  t.is((await fetch(`${url}/api/token`, { method: 'PUT' })).status, 400)
  const asked = await fetch(`${url}/api/token`, { method: 'PUT', headers: { [ttl]: '60' } })
  t.is(asked.headers.get(ttl), '60')
  t.is(await get('meta-data/instance-id'), 'i-1')
})

test('directories are listed, and a key pair with its number and its name', async t => {
  t.regex(await get('meta-data/'), /^local-ipv4$/m)
  t.regex(await get('meta-data/'), /^iam\/$/m)
  t.is(await get('meta-data/iam/security-credentials/'), 'nodes')
  t.is(await get('meta-data/public-keys/'), '0=ops')
  t.is(await get('meta-data/public-keys/0/openssh-key'), 'ssh-ed25519 AAAA')
  t.is(JSON.parse(await get('dynamic/instance-identity/document')).region, 'us-east-1')
})

test('user data is returned byte for byte', async t => {
  const answer = await fetch(`${url}/user-data`, { headers: { 'user-agent': 'Cloud-Init/22.4' } })
  t.deepEqual(Buffer.from(await answer.arrayBuffer()), caller.userData)
})
