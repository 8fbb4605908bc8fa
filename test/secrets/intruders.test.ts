import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import { until } from '../doubles/until.ts'
import { zooKeeperMissing } from '../doubles/zookeeper.ts'
import { consulMissing } from '../harness/consul.ts'
import { runProgram, unless } from '../harness/programs.ts'
import { runImageProgram, SecuredDaemons, type SecuredNode } from '../harness/secured-daemons.ts'
import { bundlesOfTest } from '../harness/test-secrets.ts'

// What an intruder gets from a real Consul and a real ZooKeeper whose files the programs of the image wrote.

const missing = consulMissing() ?? zooKeeperMissing()
// One after the other, because the last one disturbs the others.
const test = unless(missing, anyTest.serial as TestFn)

const daemons = new SecuredDaemons()
const { leader: leaderBundle, follower: followerBundle } = bundlesOfTest('c1')
let leader: SecuredNode
let follower: SecuredNode

anyTest.before(async () => {
  if (missing !== undefined) return
  leader = daemons.node('leader', leaderBundle)
  follower = daemons.node('follower', followerBundle)
  const server = { server: true, bootstrap_expect: 1 }
  daemons.consul(
    'c1-leader-i-1',
    leader.address,
    { ...server, ...service('mesos-leader') },
    consulFile(leader),
  )
  const join = { retry_join: [leader.address], ...service('mesos-follower') }
  daemons.consul('c1-follower-i-1', follower.address, join, consulFile(follower))
  daemons.zookeeper(leader)
  const consul = { CREDENTIALS_DIRECTORY: leader.store, CONSUL_HTTP_ADDR: `${leader.address}:8500` }
  const names = { CLUSTER: 'c1', ZK_SERVICE: 'zookeeper' }
  const policies = { POLICIES: 'packer/rootfs/usr/share/mesos-bakery/consul-policies' }
  for (const _ of ['first', 'again']) runImageProgram('consul-acl', policies, { ...consul, ...names })
  const zookeeper = { CREDENTIALS_DIRECTORY: leader.store }
  for (const _ of ['first', 'again'])
    runImageProgram('zookeeper-acl', { HOST: leader.address }, zookeeper, 'set')
  const waiting = { MESOS_ZK_PATH: '/apps/mesos', ZK_DNS: leader.address, ZK_PORT: '2181' }
  runImageProgram('zookeeper-acl', {}, waiting, 'await')
  const own = follower.read('consul-names.header')
  for (const role of ['leader', 'follower']) {
    await until(`the ${role} is registered`, async () =>
      (await consulSays(follower, own, 'GET', `/catalog/service/mesos-${role}`)).includes(`c1-${role}-i-1`),
    )
  }
})

anyTest.after.always(() => daemons.end())

test('nodes find one another, and leaders register seats', async t => {
  const seat = leader.read('consul-seat.header')
  t.is(await consulSays(leader, seat, 'PUT', '/catalog/register', seatEntry), 'true')
  const names = follower.read('consul-names.header')
  t.regex(await consulSays(follower, names, 'GET', '/catalog/service/zookeeper?stale'), /"c1-leader-1"/)
  const members = await consulSays(follower, follower.read('consul-report.header'), 'GET', '/agent/members')
  t.deepEqual(
    JSON.parse(members)
      .map(({ Name }: { Name: string }) => Name)
      .sort(),
    ['c1-follower-i-1', 'c1-leader-i-1'],
  )
  const report = leader.read('consul-report.header')
  t.regex(await consulSays(leader, report, 'GET', '/operator/autopilot/health'), /"Healthy":true/)
  t.regex(resolved(follower.address, 'mesos-leader.service.consul'), new RegExp(`^${leader.address}$`, 'm'))
})

test('a process without the gossip key does not join', async t => {
  const address = `${leader.address}9`
  daemons.consul('intruder', address, { retry_join: [leader.address] })
  const tried = async () => (await consulSays({ address }, '', 'GET', '/agent/self')).includes('intruder')
  await until('the intruder has tried to join', tried)
  const join = await consulSays({ address }, '', 'PUT', `/agent/join/${leader.address}`)
  t.regex(join, /^0 nodes? joined|Unexpected|failed|error/i)
  const report = leader.read('consul-report.header')
  t.notRegex(await consulSays(leader, report, 'GET', '/agent/members'), /intruder/)
})

const seatEntry = {
  Node: 'c1-leader-1',
  Address: '192.0.2.1',
  NodeMeta: { 'external-node': 'true' },
  Service: { ID: 'zookeeper', Service: 'zookeeper', Address: '192.0.2.1', Port: 2181 },
}

/** Requests to Consul, and the right that it names when it refuses them. */
const requests: readonly (readonly [what: string, method: string, path: string, body?: object])[] = [
  ['register a seat', 'PUT', '/catalog/register', seatEntry],
  ['register a service of a leader', 'PUT', '/agent/service/register', { Name: 'mesos-leader', Port: 1 }],
  [
    'add an address to the name of ZooKeeper',
    'PUT',
    '/catalog/register',
    { Node: 'c1-follower-i-1', Address: '127.0.0.1', Service: { Service: 'zookeeper', Port: 1 } },
  ],
  ['remove a seat', 'PUT', '/catalog/deregister', { Node: 'c1-leader-1' }],
  ['read what operators read', 'GET', '/operator/autopilot/health'],
  ['remove a server', 'DELETE', '/operator/raft/peer?address=192.0.2.1:8300'],
  ['read tokens', 'GET', '/acl/tokens'],
  ['create a token', 'PUT', '/acl/token', { Policies: [{ Name: 'global-management' }] }],
  ['write a key', 'PUT', '/kv/x', {}],
]

for (const [what, method, path, body] of requests) {
  test(`Consul refuses to let an intruder ${what}`, async t => {
    const follows = `X-Consul-Token: ${JSON.parse(followerBundle).secrets['consul-follower-token']}\n`
    for (const [who, token] of [
      ['nobody', ''],
      ['a follower', follows],
    ] as const) {
      const answer = await consulSays(follower, token, method, path, body)
      t.regex(answer, /Permission denied|ACL not found/, who)
    }
  })
}

const NO_AUTH = 'ZooKeeper error -102'

const operations: readonly (readonly [what: string, code: string, follower: string])[] = [
  ['list /', "session.children('/')", NO_AUTH],
  ['create a node in /', "session.create('/x')", NO_AUTH],
  ['create a node in /zookeeper', "session.create('/zookeeper/x')", NO_AUTH],
  // Agents look for the elected master here.
  ['list the path of Mesos', "session.children('/apps/mesos')", 'done'],
  ['contend for the election', "session.create('/apps/mesos/json.info_', b'{}', 3)", NO_AUTH],
  ['list the path of Marathon', "session.children('/marathon')", NO_AUTH],
  ['create a node for Marathon', "session.create('/marathon/x')", NO_AUTH],
]

for (const [what, code, asFollower] of operations) {
  test(`ZooKeeper decides who may ${what}`, t => {
    const { 'zookeeper-follower-password': password } = JSON.parse(followerBundle).secrets
    t.is(inZookeeper('None', code), NO_AUTH, 'without a login')
    t.is(inZookeeper("b'leader:guessed'", code), NO_AUTH, 'with a wrong password')
    t.is(inZookeeper(`b'follower:${password}'`, code), asFollower, 'as a follower')
    if (/mesos|marathon/.test(code)) {
      const { 'zookeeper-leader-password': own } = JSON.parse(leaderBundle).secrets
      t.is(inZookeeper(`b'leader:${own}'`, code), 'done', 'as a leader')
    }
  })
}

test('what was restored for Marathon belongs to its leaders afterwards', t => {
  const { 'zookeeper-leader-password': own } = JSON.parse(leaderBundle).secrets
  const open =
    "session.acl = [(31, 'world', 'anyone')]; session.create('/marathon/old'); session.create('/marathon/old/app', b'1')"
  t.is(inZookeeper(`b'leader:${own}'`, open), 'done')
  t.is(inZookeeper('None', "session.create('/marathon/old/app/x')"), 'done')
  runImageProgram('zookeeper-acl', { HOST: leader.address }, { CREDENTIALS_DIRECTORY: leader.store }, 'set')
  t.is(inZookeeper('None', "session.create('/marathon/old/app/y')"), NO_AUTH)
  t.is(inZookeeper(`b'leader:${own}'`, "session.create('/marathon/old/app/y')"), 'done')
})

test('a process with the secrets of a follower joins the gossip, but not as a server with a vote', async t => {
  const address = `${leader.address}8`
  const { encrypt, tls, acl } = JSON.parse(follower.read('consul.json'))
  const files = { defaults: { ca_file: tls.defaults.ca_file } }
  daemons.consul('intruder', address, {
    server: true,
    retry_join: [leader.address],
    encrypt,
    acl,
    tls: files,
  })
  const report = leader.read('consul-report.header')
  const says = (path: string) => consulSays(leader, report, 'GET', path)
  await until('the intruder is a member', async () => (await says('/agent/members')).includes('intruder'))
  // Autopilot promotes a server ten seconds after it is healthy.
  await sleep(15_000)
  const { Servers } = JSON.parse(await says('/operator/raft/configuration'))
  const voters = Servers.filter(({ Voter }: { Voter: boolean }) => Voter)
  t.deepEqual(
    voters.map(({ Node }: { Node: string }) => Node),
    ['c1-leader-i-1'],
  )
  // It has received no data: the leader refuses to talk to a server without a certificate.
  t.is(await consulSays({ address }, '', 'GET', '/status/leader'), '""')
  t.is(await consulSays({ address }, report, 'GET', '/acl/tokens?stale'), 'No cluster leader')
})

const consulFile = ({ store }: SecuredNode) => join(store, 'consul.json')

const service = (name: string) => ({ service: { name, port: 5050 } })

/** The answer of an agent. */
async function consulSays(
  { address }: Pick<SecuredNode, 'address'>,
  header: string,
  method: string,
  path: string,
  body?: object,
): Promise<string> {
  const token = header.replace(/^X-Consul-Token: (.*)\n/, '$1')
  const answer = await fetch(`http://${address}:8500/v1${path}`, {
    method,
    headers: token === '' ? {} : { 'X-Consul-Token': token },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return answer.text()
}

/** The addresses of a name, from the DNS server of an agent. */
function resolved(address: string, name: string): string {
  const script = `
import socket, struct
labels = b''.join(bytes([len(part)]) + part.encode() for part in '${name}'.split('.'))
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.settimeout(5)
peer.sendto(struct.pack('>6H', 1, 256, 1, 0, 0, 0) + labels + b'\\0' + struct.pack('>HH', 1, 1), ('${address}', 8600))
answer = peer.recv(4096)
if struct.unpack('>H', answer[6:8])[0]: print(socket.inet_ntoa(answer[len(labels) + 29:len(labels) + 33]))
`
  return runProgram('python3', ['-c', script]).output
}

/** The result of an operation in ZooKeeper, with the client of the stand-ins. */
function inZookeeper(credentials: string, code: string): string {
  const script = `import sys; sys.path[:0] = ['test/doubles']; sys.dont_write_bytecode = True
from mesos_double.zookeeper import Failed, Session
session = Session(5, ${credentials}); session.connect(('${leader.address}', 2181), 5)
try:
    ${code}
    print('done', end='')
except Failed as error:
    print(error, end='')
session.farewell()`
  const file = join(daemons.folder, 'client.py')
  writeFileSync(file, script)
  return runProgram('python3', [file], '').output
}
