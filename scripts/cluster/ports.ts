import type { Values, VariableName } from '../inventory/variables.ts'

const consulPorts = ['consul_dns_port', 'consul_http_port', 'consul_serf_port'] as const
const zookeeperPorts = [
  'mesos_zk_port',
  'zookeeper_peer_port',
  'zookeeper_election_port',
  'zookeeper_admin_port',
] as const
const marathonPorts = ['marathon_http_port', 'marathon_libprocess_port'] as const

/** The variables whose ports something on the node listens on, by what runs there. */
export function portsOn(values: Values): readonly VariableName[] {
  const leads = values.mesos_mode !== 'leader' && values.mesos_mode !== 'mixed' ? [] : leaderPorts(values)
  const follows: readonly VariableName[] = values.mesos_mode === 'leader' ? [] : ['mesos_follower_port']
  return [...leads, ...follows, ...consulPorts]
}

function leaderPorts(values: Values): readonly VariableName[] {
  return [
    'mesos_leader_port',
    'consul_server_port',
    ...(values.zookeeper_enabled ? zookeeperPorts : []),
    ...(values.marathon_enabled ? marathonPorts : []),
  ]
}
