import test from 'ava'
import { codesIn } from '../harness/sample.ts'

const rules = /^(E025|E034|E08\d|W002|W015|W016)$/

type Row = readonly [vars: string, ...codes: readonly string[]]

/** An inventory per line, and the codes that are reported, errors and warnings. */
function table(name: string, groups: string, rows: readonly Row[]) {
  for (const [vars, ...codes] of rows) {
    test(`${name}: ${vars.replace(/([\w/])\1{9,}|(\/a){9,}/g, ({ length }) => `…${length}`)}: ${codes.join(' ') || 'fine'}`, t => {
      t.deepEqual(codesIn(`vars: { ${vars} }\n${groups}\n`, rules), codes)
    })
  }
}

const long = (length: number) => `/srv/${'a'.repeat(length)}`

table('leaders', 'groups: { leaders: { vars: { mesos_mode: leader } } }', [
  ['mesos_work_dir: /', 'E080'],
  ['mesos_work_dir: //srv/..', 'E080'],
  ['mesos_work_dir: /var/run/..', 'E080'],
  ['mesos_work_dir: /var', 'E080'],
  ['mesos_work_dir: /tmp', 'E080'],
  ['mesos_work_dir: /bin', 'E080'],
  ['mesos_work_dir: /var/run', 'E080'],
  ['mesos_log_dir: /var/log/', 'E080'],
  ['mesos_log_dir: /var/run/mesos/..', 'E080'],
  ['zookeeper_data_dir: /opt', 'E080'],
  // Mount points that are empty in the image may be used as a whole.
  ['zookeeper_data_dir: /srv, mesos_work_dir: /mnt'],
  ['zookeeper_data_dir: /data, mesos_log_dir: /var/log/mesos-master'],
  ['mesos_work_dir: /var/lib/consul', 'E081'],
  ['mesos_work_dir: /var/lib/./consul//mesos', 'E081'],
  ['mesos_work_dir: /var/lib/consul-mesos'],
  ['mesos_work_dir: /opt/marathon', 'E081'],
  ['mesos_work_dir: /run/mesos-bakery', 'E081'],
  ['mesos_log_dir: /etc/consul.d', 'E081'],
  ['mesos_log_dir: /var/log/journal', 'E081'],
  ['mesos_log_dir: /var/log/mesos/master'],
  ['zookeeper_data_dir: /var/log/mesos/zookeeper, mesos_log_dir: /srv/log', 'E081'],
  ['zookeeper_data_dir: /var/log/zookeeper'],
  ['mesos_work_dir: /usr/mesos', 'E082'],
  ['mesos_work_dir: /lib/mesos', 'E082'],
  ['mesos_work_dir: /etc/mesos', 'E082'],
  ['mesos_log_dir: /boot/logs', 'E082'],
  ['mesos_log_dir: /home/mesos/log', 'E082'],
  ['mesos_log_dir: /homes/mesos/log'],
  ['zookeeper_data_dir: /root/zookeeper', 'E082'],
  ['zookeeper_data_dir: /proc/zookeeper', 'E082'],
  ['zookeeper_data_dir: /sys/zookeeper', 'E082'],
  ['zookeeper_data_dir: /dev/zookeeper', 'E082'],
  ['zookeeper_data_dir: /dev/shm/zookeeper', 'E034'],
  ['zookeeper_data_dir: /var/tmp/zookeeper', 'E034'],
  ['mesos_work_dir: /var/lock/mesos', 'E034'],
  ['mesos_log_dir: /var/tmp/log', 'W002'],
  // Paths in the default work directory are on disk.
  ['mesos_work_dir: /var/run/mesos/master'],
  ['mesos_log_dir: /run/mesos/log'],
  ['mesos_log_dir: /run/mesos-log', 'W002'],
  ['zookeeper_data_dir: /run/mesos/zookeeper', 'E083'],
  ['zookeeper_data_dir: /var/lib/mesos', 'E083'],
  ['zookeeper_data_dir: /var/lib/mesos, mesos_work_dir: /srv/mesos'],
  ['mesos_work_dir: /var/lib/zookeeper/mesos', 'E083'],
  ['mesos_work_dir: /srv/log/work, mesos_log_dir: /srv/log', 'E083'],
  ['mesos_work_dir: /srv/mesos, mesos_log_dir: /srv/mesos/log'],
  ['mesos_work_dir: /srv/mesos, mesos_log_dir: /srv/mesos/replicated_log', 'E083'],
  ['mesos_work_dir: /srv/mesos, mesos_log_dir: /srv/mesos-log'],
  ['zookeeper_data_dir: /var/lib/mesos, zookeeper_enabled: false, mesos_zk_dns: zk.example.com'],
  [`mesos_work_dir: ${long(255)}`],
  [`mesos_work_dir: ${long(256)}`, 'E089'],
  [`mesos_work_dir: ${'/a'.repeat(1_397)}`],
  [`mesos_work_dir: ${'/a'.repeat(1_398)}`, 'E089'],
  ['mesos_runtime_dir: /'],
  ['mesos_leader_options: { credentials: /root/credentials }', 'E087'],
  ['mesos_leader_options: { credentials: "file:///home/ops/credentials" }', 'E087'],
  ['mesos_leader_options: { whitelist: /tmp/whitelist }', 'E087'],
  ['mesos_leader_options: { webui_dir: /usr/share/mesos/webui, credentials: /etc/mesos/credentials }'],
  ['marathon_options: { ssl_keystore_path: /root/marathon.jks }', 'E087'],
  ['marathon_options: { ssl_keystore_path: /root/marathon.jks }, marathon_enabled: false'],
  ['marathon_options: { ssl_keystore_path: /etc/marathon/marathon.jks }'],
  ['mesos_leader_cmd: /root/bin/mesos-master', 'E087'],
  ['mesos_leader_cmd: /usr/local/sbin/mesos-master'],
  ['mesos_leader_cmd: /usr/sbin', 'E087'],
  ['mesos_follower_cmd: /usr/sbin'],
])

table('followers', 'groups: { leaders: { vars: { mesos_mode: leader } }, web: { min: 1 } }', [
  ['mesos_runtime_dir: /', 'E080'],
  ['mesos_runtime_dir: /run', 'E080'],
  ['mesos_runtime_dir: /run/dnsmasq', 'E081'],
  ['mesos_runtime_dir: /var/run/agent'],
  ['mesos_runtime_dir: /dev/shm/agent'],
  ['mesos_runtime_dir: /tmp/agent'],
  ['mesos_runtime_dir: /sys/agent', 'E082'],
  ['mesos_runtime_dir: /srv/agent', 'W016'],
  ['mesos_runtime_dir: /var/run/mesos/runtime', 'W016'],
  ['mesos_follower_options: { docker_store_dir: /var/lib/docker }', 'E081'],
  ['mesos_follower_options: { docker_store_dir: /var/lib/mesos/store/docker }'],
  ['mesos_follower_options: { docker_store_dir: /var/run/mesos/slaves/docker }', 'E083'],
  ['mesos_follower_options: { docker_store_dir: /usr/local/store }', 'W015'],
  ['mesos_follower_options: { docker_store_dir: /home/mesos/store }'],
  ['mesos_follower_options: { fetcher_cache_dir: /usr/local/cache }', 'E080'],
  ['mesos_follower_options: { fetcher_cache_dir: /var/lib/mesos }', 'E083'],
  ['mesos_follower_options: { fetcher_cache_dir: /srv }, mesos_log_dir: /srv/log', 'E083'],
  ['mesos_follower_options: { fetcher_cache_dir: /srv/fetch, docker_store_dir: /srv/fetch }', 'E083'],
  ['mesos_follower_options: { fetcher_cache_dir: /var/lib/mesos/fetch, docker_store_dir: /srv/docker }'],
  ['mesos_follower_options: { fetcher_cache_dir: /tmp/mesos/fetch }'],
  ['mesos_follower_options: { launcher_dir: /usr/libexec/mesos, credential: /root/credential }'],
  ['mesos_follower_options: { sandbox_directory: / }', 'E088'],
  ['mesos_follower_options: { sandbox_directory: /proc/sandbox }', 'E088'],
  ['mesos_follower_options: { sandbox_directory: /mnt/sandbox }'],
  ['mesos_follower_cmd: /usr/../bin', 'E087'],
  [
    `mesos_runtime_dir: /run/${'a'.repeat(91)}, mesos_follower_options: { http_executor_domain_sockets: true }`,
  ],
  [
    `mesos_runtime_dir: /run/${'a'.repeat(92)}, mesos_follower_options: { http_executor_domain_sockets: true }`,
    'E089',
  ],
  [`mesos_runtime_dir: /run/${'a'.repeat(92)}`],
])

const agents = (vars: string) =>
  `groups: { leaders: { vars: { mesos_mode: leader } }, web: { vars: { ${vars} }, min: 1 } }`

test('the agent is not confined', t => {
  t.deepEqual(codesIn(agents('mesos_work_dir: /home/mesos'), rules), [])
  t.deepEqual(codesIn(agents('mesos_work_dir: /var/tmp/mesos'), rules), [])
  t.deepEqual(codesIn(agents('mesos_work_dir: /usr/local/mesos'), rules), ['W015'])
  t.deepEqual(codesIn(agents('mesos_work_dir: /root/mesos'), rules), ['W015'])
  t.deepEqual(codesIn(agents('mesos_log_dir: /root/log'), rules), [])
  t.deepEqual(codesIn(agents('mesos_work_dir: /proc/mesos'), rules), ['E082'])
})
