import type { Values } from '../inventory/variables.ts'
import { seatName } from './names.ts'

/**
 * A ZooKeeper server. Its ID is the number of its seat, and its host is a name that does not change when the machine is
 * replaced.
 */
export interface Server {
  readonly seat: number
  readonly host: string
}

/** The ensemble of N leaders: a constant list that no running machine can change. */
export function ensembleOf(cluster: string, leaders: number, consulDomain: string): readonly Server[] {
  return Array.from({ length: leaders }, (_, index) => ({
    seat: index + 1,
    host: `${seatName(cluster, index + 1)}.node.${consulDomain}`,
  }))
}

/** The `zk://` URL of a path in the ensemble, as Mesos and Marathon take it. */
export function zkUrl(values: Values, chroot: string): string {
  return `zk://${values.mesos_zk_dns}:${values.mesos_zk_port}/${chroot}`
}

/**
 * The Consul service behind the ensemble's name: `zookeeper` for `zookeeper.service.consul`.
 * A name outside Consul's services leaves it at `zookeeper`.
 */
export function zkService({ mesos_zk_dns, consul_domain, consul_datacenter }: Values): string {
  const [service = '', kind, ...rest] = mesos_zk_dns.split('.')
  const place = rest.join('.')
  const inConsul = place === consul_domain || place === `${consul_datacenter}.${consul_domain}`
  return kind === 'service' && inConsul ? service : 'zookeeper'
}
