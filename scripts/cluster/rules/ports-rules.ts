import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import { clash, nameOf, type Site, sitesOf } from '../origin.ts'
import { type Listener, listenersOn } from '../ports.ts'
import type { Rule } from './cluster-rule.ts'

export const portsDiffer: Rule = {
  code: 'E022',
  sentence: 'All services on a machine must use different ports.',
  why: 'The service that starts second fails, and keeps failing. A common case is Marathon and ZooKeeper’s AdminServer: both use 8080 by default.',
  example: 'vars: { zookeeper_admin_port: 8080 }\ngroups: { leaders: { vars: { mesos_mode: leader } } }',
  check: draft =>
    sitesOf(draft).flatMap(site => {
      const listeners = listenersOn(site.values)
      return [...listeners.flatMap(one => fixedPort(draft, site, one)), ...twinPorts(draft, site, listeners)]
    }),
}

const onAll = [
  [22, 'sshd'],
  [53, 'the resolver'],
] as const
const everywhere: ReadonlyMap<number, string> = new Map(onAll)
// A server of Consul 1.14 or later listens there for gRPC over TLS (ports.grpc_tls); other agents do not.
const onLeaders: ReadonlyMap<number, string> = new Map([...onAll, [8503, 'Consul']])

/** Ports of a node that no variable changes. */
export function fixedPortsOn({ values }: Site): ReadonlyMap<number, string> {
  return values.mesos_mode === 'follower' ? everywhere : onLeaders
}

function fixedPort(draft: Draft, site: Site, { setting, port }: Listener): readonly Finding[] {
  const owner = fixedPortsOn(site).get(port)
  if (owner === undefined) return []
  const { path, on } = clash(draft, site, [setting])
  return [{ path, on, message: `${port} is ${owner}'s`, help: 'choose another port' }]
}

function twinPorts(draft: Draft, site: Site, listeners: readonly Listener[]): readonly Finding[] {
  const first = new Map<number, Listener>()
  return listeners.flatMap((one): readonly Finding[] => {
    const { setting, port } = one
    const twin = first.get(port)
    if (twin === undefined) {
      first.set(port, one)
      return []
    }
    const { name: wrong, ...place } = clash(draft, site, [twin.setting, setting])
    const message = `is ${port}, and so is ${wrong === nameOf(twin.setting) ? nameOf(setting) : nameOf(twin.setting)}`
    return [{ ...place, message, help: 'all ports of a node must be different' }]
  })
}

export const portsAreOpenToAll: Rule = {
  code: 'E084',
  sentence: 'Ports below 1024 are available to the agent only.',
  why: 'Linux lets only privileged programs listen on them (`net.ipv4.ip_unprivileged_port_start`). The agent runs as root; Consul, ZooKeeper, the Mesos master and Marathon run as users of their own without capabilities.',
  example: 'vars: { marathon_http_port: 80 }\ngroups: { leaders: { vars: { mesos_mode: leader } } }',
  check: draft =>
    sitesOf(draft).flatMap(site =>
      listenersOn(site.values).flatMap(({ setting, port, program }): readonly Finding[] => {
        if (port >= 1024 || program === 'the Mesos agent' || fixedPortsOn(site).has(port)) return []
        const { path, on } = clash(draft, site, [setting])
        const message = `${program} cannot listen on port ${port}: ports below 1024 require root`
        return [{ path, on, message, help: 'choose a port from 1024 to 30999' }]
      }),
    ),
}
