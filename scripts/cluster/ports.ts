import type { Values, VariableName } from '../inventory/variables.ts'
import { type Setting, valueOfSetting } from './origin.ts'

/** A port on which a program of a node listens. */
export interface Listener {
  readonly setting: Setting
  readonly port: number
  /** The program that listens. Only the agent runs as root (the units in packer/rootfs/etc/systemd/system). */
  readonly program: 'Consul' | 'ZooKeeper' | 'Marathon' | 'the Mesos master' | 'the Mesos agent'
}

const consulPorts = ['consul_dns_port', 'consul_http_port', 'consul_serf_port'] as const
const zookeeperPorts = [
  'mesos_zk_port',
  'zookeeper_peer_port',
  'zookeeper_election_port',
  'zookeeper_admin_port',
] as const

/** Every port on which a program of a node listens. */
export function listenersOn(values: Values): readonly Listener[] {
  const of = (program: Listener['program'], ...names: readonly (VariableName & `${string}_port`)[]) =>
    names.map((variable): Listener => ({ setting: { variable }, port: values[variable], program }))
  const leads = values.mesos_mode !== 'follower'
  const follows = values.mesos_mode !== 'leader'
  return [
    ...(leads ? of('the Mesos master', 'mesos_leader_port') : []),
    ...(leads ? of('Consul', 'consul_server_port') : []),
    ...(leads && values.zookeeper_enabled ? of('ZooKeeper', ...zookeeperPorts) : []),
    ...(leads && values.marathon_enabled ? of('Marathon', ...marathonPorts(values)) : []),
    ...(leads && values.marathon_enabled ? httpsOf(values) : []),
    ...(follows ? of('the Mesos agent', 'mesos_follower_port') : []),
    ...of('Consul', ...consulPorts),
  ]
}

function marathonPorts({ marathon_options }: Values) {
  const http = marathon_options.disable_http === true ? [] : (['marathon_http_port'] as const)
  return [...http, 'marathon_libprocess_port'] as const
}

/** Marathon listens on https_port, 8443 by default, if it has a key store (Marathon 1.11, HttpConf.scala). */
function httpsOf(values: Values): readonly Listener[] {
  if (values.marathon_options.ssl_keystore_path === undefined) return []
  const setting = { variable: 'marathon_options', part: 'https_port', otherwise: 8443 } as const
  return [{ setting, port: Number(valueOfSetting(values, setting)), program: 'Marathon' }]
}

export type Range = readonly [first: number, last: number]

/** The ports for outgoing connections: Linux's own default, and net.ipv4.ip_local_port_range in our image. */
export const outgoing: Range = [32_768, 60_999]

/** The ranges in one entry of resources, such as `[31000-32000, 40000-40099]`. */
export function rangesIn(entry: unknown): readonly Range[] {
  return [...String(entry).matchAll(/(\d+)\s*-\s*(\d+)/g)].map(
    ([, first, last]): Range => [Number(first), Number(last)],
  )
}

/** The ports in an entry of resources, or the default of the agent. */
export interface Offer {
  readonly setting: Setting | undefined
  readonly ranges: readonly Range[]
}

const isOfPorts = /^ports(\(|$)/

/**
 * The ports that the agent offers to tasks: those of its resources, or its own default (Mesos 1.11,
 * src/slave/constants.hpp).
 */
export function offersOf({ mesos_resources }: Values): readonly Offer[] {
  const entries = Object.entries(mesos_resources).filter(([name]) => isOfPorts.test(name))
  if (entries.length === 0) return [{ setting: undefined, ranges: [[31_000, 32_000]] }]
  return entries.map(([part, entry]) => ({
    setting: { variable: 'mesos_resources', part },
    ranges: rangesIn(entry),
  }))
}

export function overlap([first, last]: Range, [from, to]: Range): boolean {
  return first <= to && from <= last
}
