import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import test from 'ava'
import { outgoing } from '../../scripts/cluster/ports.ts'
import { codesIn } from '../harness/sample.ts'

const rules = /^(E022|E08[456]|W017)$/

const groups = {
  leaders: 'groups: { leaders: { vars: { mesos_mode: leader } } }',
  followers: 'groups: { leaders: { vars: { mesos_mode: leader } }, web: { min: 1 } }',
  mixed: 'groups: { all: { vars: { mesos_mode: mixed } } }',
}
const keyStore = 'ssl_keystore_path: /etc/marathon.jks'
const mapping = (ports: string, more = '') =>
  `mesos_isolation: [network/port_mapping], mesos_resources: { ephemeral_ports: "[${ports}]" }${more}`
const offer = (ports: string) => `mesos_resources: { ports: "[${ports}]" }`

const rows: readonly (readonly [on: keyof typeof groups, vars: string, ...codes: readonly string[]])[] = [
  ['leaders', 'marathon_http_port: 1023', 'E084'],
  ['leaders', 'marathon_http_port: 1024'],
  ['leaders', 'mesos_leader_port: 80', 'E084'],
  ['leaders', 'mesos_zk_port: 281', 'E084'],
  ['leaders', 'mesos_zk_port: 281, zookeeper_enabled: false, mesos_zk_dns: zk.example.com'],
  ['leaders', 'marathon_http_port: 80, marathon_enabled: false'],
  [
    'leaders',
    'marathon_http_port: 80, marathon_options: { disable_http: true, ssl_keystore_path: /etc/marathon.jks }',
  ],
  ['leaders', 'consul_http_port: 22', 'E022'],
  // A server of Consul listens on 8503, a client does not.
  ['leaders', 'marathon_http_port: 8503', 'E022'],
  ['leaders', 'marathon_http_port: 8502'],
  ['followers', 'mesos_follower_port: 8503'],
  ['mixed', 'mesos_follower_port: 8503', 'E022'],
  ['mixed', offer('8503-8503'), 'E085'],
  ['followers', 'consul_http_port: 500', 'E084'],
  ['followers', 'mesos_follower_port: 80'],
  ['followers', 'mesos_follower_port: 22', 'E022'],
  ['leaders', `marathon_options: { ${keyStore} }, zookeeper_admin_port: 8443`, 'E022'],
  ['leaders', 'zookeeper_admin_port: 8443'],
  ['leaders', `marathon_options: { ${keyStore}, https_port: 5050 }`, 'E022'],
  ['leaders', `marathon_options: { ${keyStore}, https_port: 443 }`, 'E084'],
  ['followers', 'mesos_follower_port: 31000', 'E085'],
  ['followers', 'mesos_follower_port: 30999'],
  ['followers', 'mesos_follower_port: 32000', 'E085'],
  ['followers', 'mesos_follower_port: 32001'],
  ['leaders', 'mesos_leader_port: 31500'],
  ['followers', 'mesos_leader_port: 31500'],
  ['mixed', 'mesos_leader_port: 31500', 'E085'],
  ['followers', offer('5000-5051'), 'E085'],
  ['followers', offer('5000-5050')],
  ['mixed', offer('5000-5050'), 'E085'],
  ['followers', offer('1-1000'), 'E085'],
  ['followers', offer('23-52')],
  ['followers', `${offer('31000-31009, 31020-31029')}, mesos_follower_port: 31015`],
  ['followers', `${offer('31000-31009, 31020-31029')}, mesos_follower_port: 31025`, 'E085'],
  ['followers', 'mesos_resources: { "ports(web)": "[5050-5060]" }', 'E085'],
  ['followers', offer('31000-32767')],
  ['followers', offer('31000-32768'), 'W017'],
  ['followers', offer('60999-62000'), 'W017'],
  ['followers', offer('61000-62000')],
  ['leaders', 'mesos_leader_port: 32768', 'W017'],
  ['leaders', 'mesos_leader_port: 32767'],
  ['leaders', 'mesos_leader_port: 60999', 'W017'],
  ['leaders', 'mesos_leader_port: 61000'],
  ['followers', mapping('20000-21023')],
  ['followers', mapping('20000-21022'), 'E086'],
  ['followers', mapping('1000-4000'), 'E086'],
  ['followers', mapping('60000-64000'), 'E086'],
  ['followers', mapping('61000-64000')],
]

for (const [on, vars, ...codes] of rows) {
  test(`${on}: ${vars}: ${codes.join(' ') || 'fine'}`, t => {
    t.deepEqual(codesIn(`vars: { ${vars} }\n${groups[on]}\n`, rules), codes)
  })
}

test('a port conflict with a default of Marathon is reported', t => {
  t.deepEqual(
    codesIn(
      `vars: { marathon_http_port: 8443, marathon_options: { ${keyStore} } }\n${groups.leaders}`,
      rules,
    ),
    ['E022'],
  )
})

test('the range for outgoing connections is the range of the image', t => {
  const sysctl = readFileSync('packer/rootfs/etc/sysctl.d/60-mesos-bakery.conf', 'utf8')
  t.true(sysctl.includes(`net.ipv4.ip_local_port_range = ${outgoing.join(' ')}\n`))
})

test('no service can listen on a port in use by an outgoing connection', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = createConnection((server.address() as { port: number }).port, '127.0.0.1')
  await once(client, 'connect')
  t.teardown(() => {
    client.destroy()
    server.close()
  })
  const second = createServer().listen(client.localPort, '0.0.0.0')
  const [error] = await once(second, 'error')
  t.is(error.code, 'EADDRINUSE')
})
