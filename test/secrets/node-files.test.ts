import { X509Certificate } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { inFolder } from '../bench/folder.ts'
import { runImageProgram } from '../harness/secured-daemons.ts'
import { bundlesOfTest } from '../harness/test-secrets.ts'

// The files that the program `secrets` of the image writes for the daemons of a node.

/** The content of each file, after the program ran with a node's settings and the secrets that it received. */
function filesOf(folder: string, node: readonly string[], bundle?: string): Readonly<Record<string, string>> {
  const path = (name: string) => join(folder, name)
  mkdirSync(path('store'), { recursive: true })
  writeFileSync(path('node.env'), `CLUSTER="c1"\n${node.join('\n')}\n`)
  writeFileSync(path('agent.json'), JSON.stringify({ datacenter: 'c1', domain: 'consul' }))
  if (bundle !== undefined) writeFileSync(path('bundle.json'), bundle)
  const files = { NODE: 'node.env', CONSUL: 'agent.json', SEED: 'bundle.json', STORE: 'store' }
  runImageProgram(
    'secrets',
    Object.fromEntries(Object.entries(files).map(([name, file]) => [name, path(file)])),
  )
  return Object.fromEntries(
    readdirSync(path('store')).map(name => [name, readFileSync(path(`store/${name}`), 'utf8')]),
  )
}

const ours = [
  'ZK_DNS="zookeeper.service.consul"',
  'ZK_PORT="2181"',
  'MESOS_ZK_PATH="/mesos"',
  'MARATHON_ZK_PATH="/marathon"',
]
const secured = ['SECRETS="file:c1.secrets.age"', ...ours]
const { leader, follower } = bundlesOfTest('c1')

test('without secrets, no file changes how a daemon starts', t =>
  inFolder(folder => {
    const { 'consul.json': consul, ...others } = filesOf(folder, ['SEAT="1"'])
    t.is(consul, '{}')
    t.true(Object.keys(others).length > 10)
    for (const [name, text] of Object.entries(others)) t.is(text, '', name)
  }))

test('only root reads the files, and nothing else is left', t =>
  inFolder(folder => {
    const names = Object.keys(filesOf(folder, ['SEAT="1"', ...secured], leader))
    for (const name of names) t.is(statSync(join(folder, 'store', name)).mode & 0o777, 0o400, name)
    t.deepEqual(Object.keys(filesOf(folder, ['SEAT="1"'])), names)
  }))

test('a leader receives a certificate of the authority for 30 days, a new one each time', t =>
  inFolder(folder => {
    const files = filesOf(folder, ['SEAT="1"', ...secured], leader)
    const [ca, own] = ['consul-ca.pem', 'consul.pem'].map(name => new X509Certificate(files[name] ?? ''))
    t.true(ca !== undefined && own?.checkIssued(ca) && own.verify(ca.publicKey))
    t.is(own?.subjectAltName, 'DNS:server.c1.consul, DNS:localhost, IP Address:127.0.0.1')
    t.is((Date.parse(own?.validTo ?? '') - Date.parse(own?.validFrom ?? '')) / 86_400_000, 30)
    t.not(filesOf(folder, ['SEAT="1"', ...secured], leader)['consul.key'], files['consul.key'])
  }))

test('the files of a follower contain no secret of a leader', t =>
  inFolder(folder => {
    const files = filesOf(folder, secured, follower)
    const text = Object.values(files).join('\n')
    const own = Object.values<string>(JSON.parse(follower).secrets)
    for (const [name, value] of Object.entries<string>(JSON.parse(leader).secrets)) {
      if (!own.includes(value)) t.false(text.includes(JSON.stringify(value).slice(1, -1)), name)
    }
    t.is(files['mesos-master.zk'], '')
    t.regex(
      files['mesos-agent.zk'] ?? '',
      /^zk:\/\/follower:[\w-]{32}@zookeeper\.service\.consul:2181\/mesos$/,
    )
  }))

test('with an ensemble of the user, ZooKeeper needs no secrets', t =>
  inFolder(folder => {
    const files = filesOf(folder, ['SEAT="1"', 'SECRETS="file:c1.secrets.age"', ...ours.slice(0, 2)], leader)
    t.is(files['mesos-agent.zk'], '')
    t.is(files['zookeeper.args'], '')
    t.regex(files['consul.json'] ?? '', /"encrypt"/)
  }))

test('a node without its secrets, or with those of another role, writes no file', t =>
  inFolder(folder => {
    t.throws(() => filesOf(folder, secured), {
      message: /the secrets of this node cannot be read, so its daemons are not/,
    })
    t.throws(() => filesOf(folder, secured, leader), {
      message: /has the secrets of role leader, but this node has role f/,
    })
    t.throws(() => filesOf(folder, ['SEAT="1"', ...secured], follower.slice(1)), {
      message: /cannot be read/,
    })
    t.deepEqual(readdirSync(join(folder, 'store')), [])
  }))
