import type { Held, Type } from './types.ts'
import * as t from './types.ts'

/** One row of the table: what a person may set, and what it becomes on the machine. */
export interface Variable<T = unknown> {
  readonly type: Type<T>
  /** The built-in value. `undefined` where it is derived from the rest of the inventory. */
  readonly default: T | undefined
  readonly description: string
  /** The flag, file or setting that carries it on the node. */
  readonly becomes: string
  /** Set when all nodes must agree on it, because they meet through it. */
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
    'Which services run: those of a leader, those of a follower, or both on one machine.',
    'the systemd targets that are enabled',
  ),
  mesos_log_dir: variable(t.path, '/var/log/mesos', 'Where both daemons write their logs.', '`--log_dir`'),
  mesos_work_dir: variable(
    t.path,
    '/var/run/mesos',
    'Where the replicated log and the agent keep their state. The default path is a link to /var/lib/mesos on our images, so it survives a reboot.',
    '`--work_dir`',
  ),
  mesos_leader_port: variable(t.port, 5050, 'Port of the Mesos master.', 'master `--port`'),
  mesos_follower_port: variable(t.port, 5051, 'Port of the Mesos agent.', 'agent `--port`'),
  mesos_leader_cmd: variable(
    t.program,
    'mesos-master',
    'Program that the master unit runs.',
    'the program of mesos-master.service',
  ),
  mesos_follower_cmd: variable(
    t.program,
    'mesos-slave',
    'Program that the agent unit runs.',
    'the program of mesos-agent.service',
  ),
  mesos_cluster: variable(
    t.text,
    'cluster1',
    'Name that the master shows to people. Without a value here it is the `cluster` of the inventory.',
    'master `--cluster`',
  ),
  mesos_zk_dns: agreed(
    t.dnsName,
    'zookeeper.service.consul',
    'The one name behind which all ZooKeeper servers are found.',
    'the host of the `zk://` URL; its first label is the Consul service',
  ),
  mesos_zk_port: agreed(
    t.port,
    2181,
    'Port on which ZooKeeper serves its clients.',
    'the port of the `zk://` URL; `clientPort`',
  ),
  mesos_zk_chroot: agreed(
    t.znode,
    'mesos',
    'Path in ZooKeeper below which Mesos keeps its election and its log replicas.',
    'the path of the `zk://` URL',
  ),

  mesos_attributes: variable(
    t.attributes,
    {},
    'Attributes that the agent offers to frameworks.',
    'agent `--attributes`',
  ),
  mesos_resources: variable(
    t.resources,
    {},
    'Resources that the agent offers. What is not named here is detected.',
    'agent `--resources`',
  ),
  mesos_isolation: variable(
    t.names,
    ['posix/cpu', 'posix/mem'],
    'Isolators of the Mesos containerizer. The cgroups ones need an image whose machines boot with cgroup v1.',
    'agent `--isolation`',
  ),
  mesos_containerizers: variable(
    t.names,
    ['mesos'],
    'Containerizers, in the order in which the agent asks them.',
    'agent `--containerizers`',
  ),
  mesos_executor_registration_timeout: variable(
    t.mesosDuration,
    '10mins',
    'How long an executor may take to register, pulling its image included.',
    'agent `--executor_registration_timeout`',
  ),
  mesos_runtime_dir: variable(
    t.path,
    '/run/mesos-agent',
    'Where the agent keeps what must survive its restart but not a reboot. Apart from the work directory.',
    'agent `--runtime_dir`',
  ),
  mesos_leader_options: variable(
    t.flags,
    {},
    'Any further flag of mesos-master 1.11, checked by name and type.',
    'master flags',
  ),
  mesos_follower_options: variable(
    t.flags,
    {},
    'Any further flag of mesos-agent 1.11, checked by name and type.',
    'agent flags',
  ),

  marathon_enabled: variable(t.bool, true, 'Whether Marathon runs on the leaders.', 'marathon.service'),
  marathon_http_port: variable(t.port, 8080, 'Port of Marathon’s pages and API.', 'Marathon `--http_port`'),
  marathon_libprocess_port: variable(
    t.port,
    15_101,
    'Port on which the masters reach Marathon’s scheduler.',
    '`LIBPROCESS_PORT`',
  ),
  marathon_zk_chroot: agreed(
    t.znode,
    'marathon',
    'Path in ZooKeeper below which Marathon keeps its apps and its election.',
    'Marathon `--zk`',
  ),
  marathon_heap_mb: variable(t.positive, 768, 'Largest heap of Marathon’s Java, in MiB.', '`-Xmx`'),
  marathon_options: variable(
    t.flags,
    {},
    'Any further flag of Marathon, checked by name and type.',
    'Marathon flags',
  ),

  zookeeper_enabled: agreed(
    t.bool,
    true,
    'Whether the leaders run ZooKeeper. Without it, `mesos_zk_dns` names an ensemble of your own.',
    'zookeeper.service',
  ),
  zookeeper_peer_port: agreed(t.port, 2888, 'Port on which servers follow their leader.', '`server.N`'),
  zookeeper_election_port: agreed(t.port, 3888, 'Port on which servers elect a leader.', '`server.N`'),
  zookeeper_admin_port: variable(
    t.port,
    8181,
    'Port of the AdminServer. ZooKeeper’s own default, 8080, is Marathon’s.',
    '`admin.serverPort`',
  ),
  zookeeper_data_dir: variable(
    t.path,
    '/var/lib/zookeeper',
    'Where ZooKeeper keeps its snapshots and its log.',
    '`dataDir`',
  ),
  zookeeper_tick_ms: agreed(t.positive, 1000, 'ZooKeeper’s unit of time, in milliseconds.', '`tickTime`'),
  zookeeper_heap_mb: variable(t.positive, 512, 'Largest heap of ZooKeeper’s Java, in MiB.', '`-Xmx`'),
  zookeeper_max_client_connections: variable(
    t.count,
    0,
    'Connections that one address may hold; 0 is no limit.',
    '`maxClientCnxns`',
  ),

  consul_datacenter: agreed<string | undefined>(
    t.name,
    undefined,
    'Consul’s datacenter. Without a value it is the `cluster`, so that two clusters never join.',
    '`datacenter`',
  ),
  consul_domain: agreed(t.dnsName, 'consul', 'Domain below which Consul answers.', '`domain`; the resolver'),
  consul_dns_port: variable(t.port, 8600, 'Port of Consul’s DNS, on the loopback address.', '`ports.dns`'),
  consul_http_port: variable(t.port, 8500, 'Port of Consul’s API, on the loopback address.', '`ports.http`'),
  consul_server_port: agreed(t.port, 8300, 'Port on which Consul’s servers are called.', '`ports.server`'),
  consul_serf_port: agreed(t.port, 8301, 'Port on which Consul’s agents gossip.', '`ports.serf_lan`'),
  consul_dns_ttl: variable(
    t.goDuration,
    '5s',
    'How long an answer of Consul’s DNS may be kept. Without one nothing is kept.',
    '`dns_config`',
  ),

  user_data_extra: variable(
    t.cloudConfig,
    {},
    'Cloud-config to add to the user data. Files and commands of yours come after those of the node; the daemons do not wait for your commands.',
    'the user-data itself',
  ),
} as const satisfies Record<string, Variable<never> | Variable<unknown>>

export type VariableName = keyof typeof variables

/** The final value of every variable on one node. */
export type Values = { readonly [K in VariableName]: Exclude<Held<(typeof variables)[K]['type']>, undefined> }

/** The variables that one place of the inventory sets. */
export type SomeValues = Partial<Values>

export const variableNames = Object.keys(variables) as VariableName[]

export function isVariable(name: string): name is VariableName {
  return Object.hasOwn(variables, name)
}
