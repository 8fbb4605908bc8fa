import test from 'ava'
import { checkFlags } from '../../scripts/inventory/flags.ts'
import { Path } from '../../scripts/inventory/problem-path.ts'
import { severityOf } from '../../scripts/inventory/problems.ts'
import { clusterOf, refusals, sampleInventory } from '../harness/sample.ts'

type Daemon = Parameters<typeof checkFlags>[0]

const wrong = (daemon: Daemon, options: Readonly<Record<string, unknown>>) =>
  checkFlags(daemon, options, Path.inInventory('o')).filter(problem => severityOf(problem) === 'error')

/** Values on both sides of what a daemon accepts. */
const edges: readonly (readonly [
  daemon: Daemon,
  flag: string,
  good: readonly unknown[],
  bad: readonly unknown[],
])[] = [
  ['master', 'logging_level', ['INFO', 'WARNING', 'ERROR'], ['info', 'FATAL', 'DEBUG', 1]],
  [
    'master',
    'agent_removal_rate_limit',
    ['100/1mins', '1/0.5secs', '1/1weeks', 'file:///etc/mesos/rate'],
    ['0/1mins', '100/0secs', '100/1min', '100', '100/1mins/1mins', '-1/1mins', '1.5/1mins'],
  ],
  [
    'master',
    'recovery_agent_removal_limit',
    ['0%', '50%', '99.9%', '100%'],
    ['100.1%', '101%', '-1%', '50', 50, '%'],
  ],
  [
    'master',
    'roles',
    ['prod', 'prod,dev', 'a/b', '*', 'file:///etc/mesos/roles'],
    ['-a', 'a/-b', '/a', 'a/', 'a//b', 'a/../b', 'a/.', 'a/*', 'a b', ''],
  ],
  [
    'master',
    'weights',
    ['a=2', 'a=0.5,b=1', 'file:///nowhere'],
    ['a', 'a=', 'a=0', 'a=-1', 'a:2', 'a=1=2', 'a=1,a=2'],
  ],
  [
    'master',
    'min_allocatable_resources',
    ['cpus:0.01|mem:32', 'cpus:1;mem:32'],
    ['cpus', 'cpus=1', 'cpus:-1', 'ports:[1-2]', 'cpu:0.1', 'cpus:1|memory:32', 'mem:32MB'],
  ],
  [
    'master',
    'advertise_ip',
    ['10.0.0.1', '255.255.255.255', 'fd00::1'],
    ['10.0.0.256', '10.0.0', 'leader', '1.2.3.4.5', '0.0.0.0', '127.0.0.1', '::1', '::'],
  ],
  ['master', 'advertise_port', [1, 65_535, '5050'], [0, 65_536, '5050/tcp', -1]],
  ['master', 'offer_timeout', ['1ms', '2mins'], ['0secs', '2 mins', '2m']],
  ['master', 'registry_fetch_timeout', ['1secs'], ['0secs']],
  ['master', 'agent_reregister_timeout', ['10mins', '1hrs'], ['599secs', '9mins']],
  ['master', 'agent_ping_timeout', ['1secs', '15mins'], ['999ms', '901secs']],
  ['master', 'max_agent_ping_timeouts', [1, 20], [0, -1]],
  ['master', 'logbufsecs', [0, 2_147_483_647], [-1, 2_147_483_648]],
  ['master', 'allocator', ['hierarchical', 'HierarchicalDRF'], ['drf', 'a,b']],
  ['master', 'http_framework_authenticators', ['basic'], ['jwt', 'basic,basic']],
  [
    'master',
    'whitelist',
    ['/etc/mesos/agents', 'file:///etc/mesos/agents'],
    ['file://agents', 'file:/etc/agents', 'agents'],
  ],
  ['master', 'webui_dir', ['/srv/webui'], ['webui', 'file:///srv/webui']],
  [
    'master',
    'fair_sharing_excluded_resource_names',
    ['gpus', ['gpus', 'disk']],
    [['gpus', 'gpus'], 'a,a', 'gpu'],
  ],
  ['master', 'version', [false], [true]],
  ['master', 'help', [false], [true]],
  ['master', 'registry_strict', [false], [true]],
  [
    'master',
    'domain',
    [domain('a'), 'file:///etc/domain', '/etc/domain'],
    [{}, { fault_domain: {} }, 'a', domain(1)],
  ],
  [
    'master',
    'rate_limits',
    [{}, { limits: [{ principal: 'a' }, { principal: 'b', qps: 0.1, capacity: 1 }] }],
    [
      { limits: [{ qps: 1 }] },
      { limits: [{ principal: 'a', qps: 0 }] },
      { limits: [{ principal: 'a' }, { principal: 'a' }] },
      { limit: [] },
      { aggregate_default_qps: 'many' },
    ],
  ],
  [
    'master',
    'acls',
    [
      { permissive: false, run_tasks: [{ principals: { type: 'ANY' }, users: { values: ['root'] } }] },
      { get_endpoints: [{ principals: { type: 'NONE' }, paths: { values: ['/metrics/snapshot'] } }] },
      { view_flags: [{ principals: { type: 'ANY' }, flags: { type: 'NONE' } }] },
    ],
    [
      { permissive: 'no' },
      { run_tasks: [{ principals: { type: 'ANY' } }] },
      { run_tasks: [{ principals: { type: 'any' }, users: {} }] },
      { run_task: [] },
      { get_endpoints: [{ principals: { type: 'NONE' }, paths: { values: ['/state'] } }] },
      { view_flags: [{ principals: { type: 'ANY' }, flags: { type: 'SOME' } }] },
    ],
  ],
  [
    'master',
    'credentials',
    ['/etc/mesos/credentials', 'file:///etc/mesos/c'],
    ['/etc/mesos/', '/', 'credentials'],
  ],
  ['master', 'external_log_file', ['/var/log/mesos/master.log'], ['master.log']],
  [
    'master',
    'modules',
    [
      '/etc/mesos/modules.json',
      { libraries: [{ file: '/l.so', modules: [{ name: 'a', parameters: [{ key: 'b', value: 'c' }] }] }] },
      { libraries: [{ name: 'l', modules: [] }] },
    ],
    [
      { libraries: [{ modules: [{ name: 'a' }] }] },
      { libraries: [{ file: '/l.so', modules: [{}] }] },
      { libraries: [{ file: '/l.so', module: [] }] },
    ],
  ],
  [
    'master',
    'firewall_rules',
    [{ disabled_endpoints: { paths: ['/files/browse'] } }],
    [{ disabled_endpoints: { paths: ['files/browse'] } }, { disabled_endpoints: ['/files/browse'] }],
  ],
  ['agent', 'cgroups_root', ['mesos', 'mesos/agents'], ['/mesos', '../mesos', '']],
  ['agent', 'registration_backoff_factor', ['0secs', '1mins'], ['61secs']],
  ['agent', 'executor_reregistration_timeout', ['15secs'], ['16secs']],
  ['agent', 'gc_disk_headroom', [0, 0.1, 1], [-0.1, 1.1]],
  ['agent', 'image_providers', ['DOCKER', 'appc,docker', ['APPC']], ['OCI', 'DOCKER,DOCKER', '']],
  ['agent', 'image_provisioner_backend', ['aufs', 'bind', 'copy', 'overlay'], ['overlayfs', 'OVERLAY']],
  [
    'agent',
    'docker_registry',
    ['https://registry-1.docker.io', 'http://r:5000', '/srv/images', 'hdfs://namenode:8020/images'],
    ['registry-1.docker.io', 'https://', 'ftp://registry'],
  ],
  ['agent', 'docker_socket', ['/var/run/docker.sock'], ['docker.sock', 'unix:///var/run/docker.sock']],
  ['agent', 'cgroups_net_cls_primary_handle', ['0x0012', '65535', 7], ['0x10000', '65536', 'x']],
  [
    'agent',
    'cgroups_net_cls_secondary_handles',
    ['0x1,0xffff', '1,1'],
    ['0x0,0xffff', '5', '9,1', '1,65536'],
  ],
  [
    'agent',
    'volume_gid_range',
    ['[10000-20000]', '[1-1, 5-9]'],
    ['10000-20000', '[]', '[9-1]', '[1-4294967296]'],
  ],
  [
    'agent',
    'domain_socket_location',
    [`/${'a'.repeat(106)}`, 'systemd:agent'],
    [`/${'a'.repeat(107)}`, 'agent.sock'],
  ],
  ['agent', 'executor_environment_variables', [{ A: 'b' }, '/etc/env.json'], [{ A: 1 }, { A: null }]],
  ['agent', 'agent_subsystems', ['cpu,memory', ['cpuacct']], ['mem', 'cpu,cpu']],
  ['agent', 'recover', ['reconnect'], ['cleanup', 'restart']],
  ['agent', 'container_logger', ['file:///etc/logger'], ['org_apache_mesos_LogrotateContainerLogger']],
  ['agent', 'network_cni_plugins_dir', ['/opt/cni/bin', '/a:/b'], ['cni', '/a:b']],
  ['marathon', 'enable_features', ['vips', ['secrets', 'gpu_resources']], ['gpu', 'maintenance_mode']],
  ['marathon', 'accepted_resource_roles_default_behavior', ['any', 'Reserved'], ['derived']],
  ['marathon', 'gpu_scheduling_behavior', ['restricted', 'unrestricted'], ['undefined', 'Restricted']],
  ['marathon', 'logging_level', ['warn', 'ERROR', 'all'], ['warning', 'verbose']],
  [
    'marathon',
    'backup_location',
    ['file:///srv/backup', 's3://bucket/backup'],
    ['/srv/backup', 's3://bucket', 'file:///', 'http://x/'],
  ],
  ['marathon', 'internal_store_backend', ['zk', 'mem'], ['zookeeper', 'ZK']],
  ['marathon', 'leader_election_backend', ['curator'], ['zk']],
  ['marathon', 'mesos_bridge_name', ['mesos-bridge', 'a_b'], ['Bridge', '-a', '']],
  ['marathon', 'default_network_name', ['dcos', 'a-b'], ['a b', 'DCOS']],
  ['marathon', 'executor', ['//cmd', '/opt/executor'], ['cmd', 'bin/executor']],
  ['marathon', 'env_vars_prefix', ['APP_', '_a'], ['0_', 'A-B_', '']],
  ['marathon', 'failover_timeout', [0, 604_800, 9_223_372_036], [-1, 9_223_372_037]],
  [
    'marathon',
    'http_address',
    ['0.0.0.0', '10.0.0.1', '::', 'marathon.example.com'],
    ['10.0.0.300', 'http://x', ''],
  ],
  ['marathon', 'webui_url', ['https://marathon.example.com/'], ['marathon.example.com', 'file:///x']],
  ['marathon', 'metrics_histogram_reservoir_significant_digits', [0, 5], [-1, 6]],
  ['marathon', 'metrics_histogram_reservoir_resetting_chunks', [0, 2], [1, -1]],
  ['marathon', 'zk_session_timeout', [1, 10_000], [0, -1]],
  ['marathon', 'https_port', [1, 65_535], [0, 65_536]],
]

function domain(name: unknown) {
  return { fault_domain: { region: { name }, zone: { name } } }
}

for (const [daemon, flag, good, bad] of edges) {
  test(`${flag} of ${daemon} is accepted and refused as by the daemon`, t => {
    for (const value of good) t.deepEqual(wrong(daemon, { [flag]: value }), [], JSON.stringify(value))
    for (const value of bad)
      t.true(
        wrong(daemon, { [flag]: value }).some(({ path }) => String(path).startsWith(`o.${flag}`)),
        JSON.stringify(value),
      )
  })
}

/** Options that require other options: combinations that are sufficient, and combinations that are not. */
const together: readonly (readonly [daemon: Daemon, enough: object, short: object])[] = [
  ['master', { authenticate_agents: true, credentials: '/c' }, { authenticate_agents: true }],
  ['master', { authenticate_agents: false }, { authenticate_slaves: true }],
  ['master', { authenticate_http_readwrite: true, credentials: '/c' }, { authenticate_http: true }],
  [
    'master',
    { authenticate_http_readonly: true, http_authenticators: 'mine', modules: '/m.json' },
    { authenticate_http_readonly: true, http_authenticators: 'mine' },
  ],
  [
    'master',
    { authenticate_http_frameworks: true, http_framework_authenticators: 'basic', credentials: '/c' },
    { authenticate_http_frameworks: true, credentials: '/c' },
  ],
  ['master', { require_agent_domain: true, domain: domain('a') }, { require_agent_domain: true }],
  ['master', { role_sorter: 'random', framework_sorter: 'random' }, { role_sorter: 'random' }],
  ['master', { roles: 'a,b', weights: 'a=1,*=2' }, { roles: 'a', weights: 'b=1' }],
  ['master', { roles: 'file:///roles', weights: 'b=1' }, { roles: 'a', weights: 'a=1,b=1' }],
  [
    'agent',
    { authenticate_http_readonly: true, http_credentials: '/c' },
    { authenticate_http_readonly: true },
  ],
  [
    'agent',
    { authenticate_http_executors: true, jwt_secret_key: '/k', http_authenticators: 'jwt' },
    { authenticate_http_executors: true, jwt_secret_key: '/k' },
  ],
  [
    'agent',
    { perf_events: 'cycles', perf_duration: '60secs' },
    { perf_events: 'cycles', perf_duration: '61secs' },
  ],
  [
    'agent',
    {
      effective_capabilities: { capabilities: ['KILL'] },
      bounding_capabilities: { capabilities: ['KILL', 'CHOWN'] },
    },
    {
      effective_capabilities: { capabilities: ['KILL'] },
      bounding_capabilities: { capabilities: ['CHOWN'] },
    },
  ],
  ['agent', { qos_controller: 'mine', modules_dir: '/modules' }, { qos_controller: 'mine' }],
  [
    'agent',
    { hooks: 'mine', modules: { libraries: [{ file: '/l.so', modules: [{ name: 'mine' }] }] } },
    { hooks: 'yours', modules: { libraries: [{ file: '/l.so', modules: [{ name: 'mine' }] }] } },
  ],
  [
    'marathon',
    { mesos_authentication: true, mesos_authentication_principal: 'marathon' },
    { mesos_authentication: true },
  ],
  ['marathon', { plugin_dir: '/p', plugin_conf: '/c' }, { plugin_conf: '/c' }],
  ['marathon', { disable_http: true, ssl_keystore_path: '/k' }, { disable_http: true }],
  [
    'marathon',
    { metrics_statsd: true, metrics_statsd_host: 'statsd.example.com', metrics_statsd_port: 8125 },
    { metrics_statsd: true, metrics_statsd_host: 'statsd.example.com' },
  ],
  ['marathon', { metrics_statsd: false }, { metrics_statsd: true, metrics_statsd_port: 8125 }],
  [
    'marathon',
    { metrics_datadog: true, metrics_datadog_protocol: 'api' },
    { metrics_datadog: true, metrics_datadog_host: 'localhost' },
  ],
  ['marathon', { local_port_min: 20_000 }, { local_port_min: 20_001 }],
  ['marathon', { max_running_deployments: 499 }, { max_running_deployments: 500 }],
]

for (const [daemon, enough, short] of together) {
  test(`${daemon}: ${JSON.stringify(enough)} is sufficient, ${JSON.stringify(short)} is not`, t => {
    t.deepEqual(wrong(daemon, { ...enough }), [])
    t.is(wrong(daemon, { ...short }).length, 1)
  })
}

/** Flags without effect: each alone, and with the flags that make it effective. */
const effects: readonly (readonly [daemon: Daemon, flag: string, value: unknown, others: object])[] = [
  [
    'master',
    'http_framework_authenticators',
    'basic',
    { authenticate_http_frameworks: true, credentials: '/c' },
  ],
  ['agent', 'http_credentials', '/c', { authenticate_http_readonly: true }],
  ['agent', 'authentication_timeout_max', '2mins', { credential: '/c' }],
  ['agent', 'domain_socket_location', '/run/s', { http_executor_domain_sockets: true }],
  ['agent', 'image_gc_config', '/gc.json', { image_providers: 'DOCKER' }],
  ['marathon', 'metrics_statsd_port', 8125, { metrics_statsd: true, metrics_statsd_host: 'a' }],
  ['marathon', 'leader_proxy_ssl_ignore_hostname', true, { ssl_keystore_path: '/k' }],
  ['marathon', 'https_port', 8444, { ssl_keystore_path: '/k' }],
  ['marathon', 'gpu_scheduling_behavior', 'unrestricted', { enable_features: 'gpu_resources' }],
]

for (const [daemon, flag, value, others] of effects) {
  test(`${flag} alone has no effect`, t => {
    const warned = (options: object) =>
      checkFlags(daemon, { ...options }, Path.inInventory('o')).map(({ code }) => code)
    t.deepEqual(warned({ [flag]: value }), ['W020'])
    t.deepEqual(warned({ [flag]: value, ...others }), [])
  })
}

test('flags that Marathon never reads have no effect', t => {
  const codes = (options: object) =>
    checkFlags('marathon', { ...options }, Path.inInventory('o')).map(({ code }) => code)
  for (const options of [{ metrics: true }, { max_apps: 5 }, { assets_path: '/a' }])
    t.deepEqual(codes(options), ['W020'])
  t.deepEqual(codes({ metrics_prometheus: false }), [])
})

test('acls have no effect with an authorizer from a module', t => {
  const codes = (options: object) =>
    checkFlags('master', { ...options }, Path.inInventory('o')).map(({ code }) => code)
  t.deepEqual(codes({ acls: '/acls.json' }), [])
  t.deepEqual(codes({ acls: '/acls.json', authorizers: 'mine', modules: '/m.json' }), ['W020'])
})

test('an option that only causes a warning is rendered', t => {
  const vars = (options: string) => `${sampleInventory(1)}vars: { mesos_follower_options: ${options} }\n`
  const [pool] = clusterOf(vars('{ http_credentials: /c }')).pools
  t.deepEqual(pool?.values.mesos_follower_options, { http_credentials: '/c' })
  t.is(refusals(() => clusterOf(vars('{ version: true }'))).length, 1)
})
