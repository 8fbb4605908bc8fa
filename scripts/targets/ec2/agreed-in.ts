import { load } from 'js-yaml'
import type { Agreed } from '../../cluster/agreed.ts'

/**
 * Reads the values that the nodes of a cluster agree on from the user data of a leader. Used for clusters that were
 * launched by a release that did not record them.
 *
 * @returns the known variables by name; undefined if the text is not complete user data, such as the stub of user data
 *   that is stored in S3
 */
export function agreedIn(text: string): Agreed['values'] | undefined {
  const files = filesIn(text)
  const node = linesOf(files, '/etc/mesos-bakery/node.env')
  const master = linesOf(files, '/etc/mesos-bakery/mesos-master.env')
  const marathon = linesOf(files, '/etc/mesos-bakery/marathon.env')
  const zookeeper = linesOf(files, '/etc/zookeeper/conf/zoo.cfg')
  const consul = jsonOf(files.get('/etc/consul.d/agent.json'))
  if (node.size === 0 || master.size === 0) return undefined
  const [, peer, election] = zookeeper.get('server.1')?.split(':') ?? []
  const flags = ['authenticate_agents', 'authenticate_frameworks', 'domain', 'registry']
  const found: Agreed['values'] = {
    mesos_zk_dns: node.get('ZK_DNS'),
    mesos_zk_port: node.get('ZK_PORT'),
    mesos_zk_chroot: chrootOf(master.get('MESOS_ZK')),
    marathon_zk_chroot: chrootOf(marathon.get('MARATHON_ZK')),
    zookeeper_enabled: zookeeper.size > 0,
    zookeeper_peer_port: peer,
    zookeeper_election_port: election,
    zookeeper_tick_ms: zookeeper.get('tickTime'),
    consul_datacenter: consul?.datacenter,
    consul_domain: consul?.domain,
    consul_server_port: consul?.ports?.server,
    consul_serf_port: consul?.ports?.serf_lan,
    ...Object.fromEntries(
      flags.map(flag => [`mesos_leader_options.${flag}`, master.get(`MESOS_${flag.toUpperCase()}`)]),
    ),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

function filesIn(text: string): ReadonlyMap<string, string> {
  try {
    const document = load(text) as { write_files?: { path?: unknown; content?: unknown }[] } | null
    return new Map((document?.write_files ?? []).map(({ path, content }) => [String(path), String(content)]))
  } catch {
    return new Map()
  }
}

/** The `NAME=value` lines of a file, without the quotes. */
function linesOf(files: ReadonlyMap<string, string>, path: string): ReadonlyMap<string, string> {
  const lines = (files.get(path) ?? '').split('\n').map(line => /^([\w.]+)=(.*)$/.exec(line))
  return new Map(
    lines.flatMap(found => (found === null ? [] : [[found[1] ?? '', bare(found[2] ?? '')] as const])),
  )
}

function bare(value: string): string {
  return value.replace(/^"(.*)"$/, '$1').replaceAll(/\\(["\\])/g, '$1')
}

function chrootOf(url: string | undefined): string | undefined {
  return url?.replace(/^zk:\/\/[^/]*\//, '')
}

interface ConsulConfig {
  readonly datacenter?: string
  readonly domain?: string
  readonly ports?: { readonly server?: number; readonly serf_lan?: number }
}

function jsonOf(text: string | undefined): ConsulConfig | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as ConsulConfig)
  } catch {
    return undefined
  }
}
