import test from 'ava'
import { codesIn } from '../harness/sample.ts'

const rules = /^(E022|E024|E092|E107|E108|E109|W019|W023|W024|W029)$/

const leaders = (vars: string, rest = '') => `groups:
  leaders: { vars: { mesos_mode: leader, ${vars} }, count: 3${rest} }
  web: { min: 1 }
`
const pool = (vars: string, max: number) => `groups:
  leaders: { vars: { mesos_mode: leader } }
  web: { min: 1, max: ${max}, vars: { ${vars} } }
`
const all = (vars: string) => `vars: { ${vars} }\n${leaders('')}`
const advertise = (address: string) => `mesos_leader_options: { advertise_ip: ${address} }`
const seats = (...addresses: readonly string[]) => {
  const own = addresses.map((address, index) => `${index + 1}: { vars: { ${advertise(address)} } }`)
  return leaders('', `, seats: { ${own.join(', ')} }`)
}

const rows: readonly (readonly [inventory: string, ...codes: readonly string[]])[] = [
  // The address of one machine.
  [leaders(advertise('10.0.0.1')), 'E108'],
  [leaders(advertise('10.0.0.1')).replace('count: 3', 'count: 1')],
  [seats('10.0.0.1', '10.0.0.2', '10.0.0.3')],
  [seats('10.0.0.1', '10.0.0.2', '10.0.0.1'), 'E108'],
  [pool('mesos_follower_options: { advertise_ip: 10.0.0.9 }', 1)],
  [pool('mesos_follower_options: { advertise_ip: 10.0.0.9 }', 2), 'E108'],
  [pool('mesos_follower_options: { ip6: "fd00::9" }', 2), 'E108'],
  [all('marathon_options: { http_address: 10.0.0.1 }'), 'E108'],
  [all('marathon_options: { http_address: 0.0.0.0 }')],
  [all('marathon_options: { http_address: 127.0.0.1 }'), 'E108', 'W024'],
  // Programs.
  [all('mesos_leader_cmd: mesos-agent'), 'E109'],
  [all('mesos_leader_cmd: /usr/sbin/mesos-slave'), 'E109'],
  [all('mesos_leader_cmd: /usr/local/sbin/mesos-master')],
  [all('mesos_leader_cmd: mesos-master-wrapper, mesos_follower_cmd: mesos-agent')],
  [all('mesos_follower_cmd: mesos-master'), 'E109'],
  [all('mesos_follower_cmd: mesos-executor'), 'E109'],
  // What Marathon and the master keep.
  [all('marathon_options: { failover_timeout: 0 }'), 'W023'],
  [all('marathon_options: { failover_timeout: 1 }')],
  [all('marathon_options: { zk_max_node_size: 1048575 }')],
  [all('marathon_options: { zk_max_node_size: 1048576 }'), 'W019'],
  [
    all(
      'marathon_options: { zk_max_node_size: 1048576 }, zookeeper_enabled: false, mesos_zk_dns: zk.example.com',
    ),
  ],
  [all('mesos_leader_options: { log_auto_initialize: false }'), 'W029'],
  [all('mesos_leader_options: { log_auto_initialize: true }')],
  // Names.
  [all('zookeeper_enabled: false, mesos_zk_dns: localhost'), 'E024'],
  [all('zookeeper_enabled: false, mesos_zk_dns: 127.0.0.1'), 'E024'],
  [all('zookeeper_enabled: false, mesos_zk_dns: 10.0.0.1')],
  [all('consul_domain: co.uk, mesos_zk_dns: zookeeper.service.co.uk'), 'E107'],
  [all('consul_domain: mesos.co.uk, mesos_zk_dns: zookeeper.service.mesos.co.uk')],
  [all('consul_domain: docker.io, mesos_zk_dns: zookeeper.service.docker.io'), 'E107'],
  // GPUs.
  [all('mesos_follower_options: { nvidia_gpu_devices: [0] }'), 'E092'],
  [all('mesos_follower_options: { nvidia_gpu_devices: [0] }, mesos_containerizers: [docker]'), 'E092'],
  [all('mesos_resources: { gpus: 1 }')],
]

for (const [inventory, ...codes] of rows) {
  test(`${inventory.replaceAll('\n', ' ')}: ${codes.join(' and ') || 'nothing'}`, t =>
    t.deepEqual([...new Set(codesIn(inventory, rules))].sort(), [...codes].sort()))
}
