import { dnsTtl, mesosDuration } from './durations.ts'
import type { Held, Type } from './types.ts'
import * as t from './types.ts'

/** One row of the table: a variable that the user can set, and its effect on the machine. */
export interface Variable<T = unknown> {
  readonly type: Type<T>
  /** The default value. `undefined` if it is derived from the rest of the inventory. */
  readonly default: T | undefined
  readonly description: string
  /** The flag, file or setting on the node that contains the value. */
  readonly becomes: string
  /** Set if the value must be the same on all nodes. */
  readonly clusterWide?: true
}

function variable<T>(type: Type<T>, value: NoInfer<T>, description: string, becomes: string): Variable<T> {
  return { type, default: value, description, becomes }
}

function agreed<T>(type: Type<T>, value: NoInfer<T>, description: string, becomes: string) {
  return { ...variable(type, value, description, becomes), clusterWide: true as const }
}

/**
 * Every variable, in the order of the documentation. The first eleven are those of the original Mesos
 * role, with its defaults. docs/variables.md, the checks and `--help` all come from this table.
 */
export const variables = {
  mesos_mode: variable(
    t.oneOf('leader', 'follower', 'mixed'),
    'follower',
    'Services to run: those of a leader, those of a follower, or both (mixed).',
    'the systemd targets that are enabled',
  ),
  mesos_log_dir: variable(
    t.path,
    '/var/log/mesos',
    'Log directory of the Mesos master and agent.',
    '`--log_dir`',
  ),
  mesos_work_dir: variable(
    t.path,
    '/var/run/mesos',
    'Directory of the replicated log and of the agent’s state. In our images the default path is a symbolic link to /var/lib/mesos, so it survives a reboot.',
    '`--work_dir`',
  ),
  mesos_leader_port: variable(t.port, 5050, 'Port of the Mesos master.', 'master `--port`'),
  mesos_follower_port: variable(t.port, 5051, 'Port of the Mesos agent.', 'agent `--port`'),
  mesos_leader_cmd: variable(
    t.program,
    'mesos-master',
    'Program of the Mesos master.',
    'program of mesos-master.service',
  ),
  mesos_follower_cmd: variable(
    t.program,
    'mesos-slave',
    'Program of the Mesos agent.',
    'program of mesos-agent.service',
  ),
  mesos_cluster: variable(
    t.text,
    'cluster1',
    'Cluster name that the master displays. The default is `cluster` of the inventory.',
    'master `--cluster`',
  ),
  mesos_zk_dns: agreed(
    t.dnsName,
    'zookeeper.service.consul',
    'DNS name that resolves to all ZooKeeper servers.',
    'host of the `zk://` URL; the first label is the Consul service',
  ),
  mesos_zk_port: agreed(t.port, 2181, 'Client port of ZooKeeper.', 'port of the `zk://` URL; `clientPort`'),
  mesos_zk_chroot: agreed(
    t.znode,
    'mesos',
    'ZooKeeper path that Mesos uses for leader election and for its replicated log.',
    'path of the `zk://` URL',
  ),

  mesos_attributes: variable(
    t.attributes,
    {},
    'Attributes that the agent advertises to frameworks.',
    'agent `--attributes`',
  ),
  mesos_resources: variable(
    t.resources,
    {},
    'Resources that the agent offers. Resources that are not listed are detected.',
    'agent `--resources`',
  ),
  mesos_isolation: variable(
    t.names,
    ['posix/cpu', 'posix/mem'],
    'Isolators of the Mesos containerizer. With stock Mesos, the cgroups isolators require an image that boots with cgroup v1.',
    'agent `--isolation`',
  ),
  mesos_containerizers: variable(
    t.names,
    ['mesos'],
    'Containerizers, in the order in which the agent tries them.',
    'agent `--containerizers`',
  ),
  mesos_executor_registration_timeout: variable(
    mesosDuration,
    '10mins',
    'Timeout for an executor to register, including the time to pull its image.',
    'agent `--executor_registration_timeout`',
  ),
  mesos_runtime_dir: variable(
    t.path,
    '/run/mesos-agent',
    'Directory for agent state that must survive a restart of the agent, but not a reboot.',
    'agent `--runtime_dir`',
  ),
  mesos_leader_options: variable(
    t.flags,
    {},
    'Additional flags of mesos-master 1.11. Names and values are checked.',
    'master flags',
  ),
  mesos_follower_options: variable(
    t.flags,
    {},
    'Additional flags of mesos-agent 1.11. Names and values are checked.',
    'agent flags',
  ),

  marathon_enabled: variable(t.bool, true, 'Whether Marathon runs on the leaders.', 'marathon.service'),
  marathon_http_port: variable(
    t.port,
    8080,
    'Port of Marathon’s web interface and API.',
    'Marathon `--http_port`',
  ),
  marathon_libprocess_port: variable(
    t.port,
    15_101,
    'Port that Mesos masters use to reach Marathon’s scheduler.',
    '`LIBPROCESS_PORT`',
  ),
  marathon_zk_chroot: agreed(
    t.znode,
    'marathon',
    'ZooKeeper path that Marathon uses for its apps and for leader election.',
    'Marathon `--zk`',
  ),
  marathon_heap_mb: variable(t.marathonHeap, 768, 'Maximum Java heap size of Marathon, in MiB.', '`-Xmx`'),
  marathon_options: variable(
    t.flags,
    {},
    'Additional flags of Marathon. Names and values are checked.',
    'Marathon flags',
  ),

  zookeeper_enabled: agreed(
    t.bool,
    true,
    'Whether the leaders run ZooKeeper. If false, `mesos_zk_dns` must resolve to your own ensemble.',
    'zookeeper.service',
  ),
  zookeeper_peer_port: agreed(
    t.port,
    2888,
    'Port that ZooKeeper servers use to follow their leader.',
    '`server.N`',
  ),
  zookeeper_election_port: agreed(
    t.port,
    3888,
    'Port that ZooKeeper servers use for leader election.',
    '`server.N`',
  ),
  zookeeper_admin_port: variable(
    t.port,
    8181,
    'Port of ZooKeeper’s AdminServer. (ZooKeeper’s own default, 8080, is used by Marathon.)',
    '`admin.serverPort`',
  ),
  zookeeper_data_dir: variable(
    t.path,
    '/var/lib/zookeeper',
    'Directory of ZooKeeper’s snapshots and transaction log.',
    '`dataDir`',
  ),
  zookeeper_tick_ms: agreed(t.tick, 1000, 'ZooKeeper’s basic time unit, in milliseconds.', '`tickTime`'),
  zookeeper_heap_mb: variable(t.zookeeperHeap, 512, 'Maximum Java heap size of ZooKeeper, in MiB.', '`-Xmx`'),
  zookeeper_max_client_connections: variable(
    t.count,
    0,
    'Maximum number of connections from one address; 0 means unlimited.',
    '`maxClientCnxns`',
  ),

  consul_datacenter: agreed<string | undefined>(
    t.name,
    undefined,
    'Consul datacenter. The default is `cluster`, so that two clusters never join.',
    '`datacenter`',
  ),
  consul_domain: agreed(t.dnsName, 'consul', 'DNS domain of Consul.', '`domain`; the resolver'),
  consul_dns_port: variable(t.port, 8600, 'Consul’s DNS port, on the loopback address.', '`ports.dns`'),
  consul_http_port: variable(
    t.port,
    8500,
    'Consul’s HTTP API port, on the loopback address.',
    '`ports.http`',
  ),
  consul_server_port: agreed(t.port, 8300, 'Consul’s server RPC port.', '`ports.server`'),
  consul_serf_port: agreed(t.port, 8301, 'Consul’s Serf LAN (gossip) port.', '`ports.serf_lan`'),
  consul_dns_ttl: variable(
    dnsTtl,
    '5s',
    'TTL of Consul’s DNS answers. Without a TTL, answers are not cached.',
    '`dns_config`',
  ),

  user_data_extra: variable(
    t.cloudConfig,
    {},
    'Your own cloud-config, added to the user data. Your files and commands come after those of the node; daemons do not wait for your commands.',
    'the user data',
  ),
} as const satisfies Record<string, Variable<never> | Variable<unknown>>

export type VariableName = keyof typeof variables

/** The final value of every variable on one node. */
export type Values = { readonly [K in VariableName]: Exclude<Held<(typeof variables)[K]['type']>, undefined> }

/** The variables that are set at one place of the inventory. */
export type SomeValues = Partial<Values>

export const variableNames = Object.keys(variables) as VariableName[]

export function isVariable(name: string): name is VariableName {
  return Object.hasOwn(variables, name)
}
