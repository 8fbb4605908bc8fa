import type { Values, VariableName } from '../inventory/variables.ts'

/** A service that runs on some nodes only, and its variables. */
export type Service = 'master' | 'agent' | 'marathon' | 'zookeeper'

const variablesOf: Readonly<Record<Service, readonly VariableName[]>> = {
  master: ['mesos_leader_port', 'mesos_leader_cmd', 'mesos_cluster', 'mesos_leader_options'],
  agent: [
    'mesos_follower_port',
    'mesos_follower_cmd',
    'mesos_attributes',
    'mesos_resources',
    'mesos_isolation',
    'mesos_containerizers',
    'mesos_executor_registration_timeout',
    'mesos_runtime_dir',
    'mesos_follower_options',
  ],
  marathon: [
    'marathon_enabled',
    'marathon_http_port',
    'marathon_libprocess_port',
    'marathon_zk_chroot',
    'marathon_heap_mb',
    'marathon_options',
  ],
  zookeeper: [
    'zookeeper_peer_port',
    'zookeeper_election_port',
    'zookeeper_admin_port',
    'zookeeper_data_dir',
    'zookeeper_tick_ms',
    'zookeeper_heap_mb',
    'zookeeper_max_client_connections',
  ],
}

const services: ReadonlyMap<string, Service> = new Map(
  Object.entries(variablesOf).flatMap(([service, names]) => names.map(name => [name, service as Service])),
)

/** The service that a variable belongs to. Undefined if it belongs to several. */
export function serviceOf(name: string): Service | undefined {
  return services.get(name)
}

/** Whether a service could run on a node, by the node's mode alone. */
export function mayRun(service: Service, { mesos_mode }: Values): boolean {
  return mesos_mode === 'mixed' || (service === 'agent') === (mesos_mode === 'follower')
}

/** The variable that disables a service, if it is set so on these nodes. */
export function turnedOffBy(service: Service, values: Values): VariableName | undefined {
  if (service === 'marathon' && !values.marathon_enabled) return 'marathon_enabled'
  return service === 'zookeeper' && !values.zookeeper_enabled ? 'zookeeper_enabled' : undefined
}
