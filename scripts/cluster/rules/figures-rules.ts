import { findFlag } from '../../inventory/flag-tables.ts'
import { durationOf } from '../../inventory/mesos-values.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import { clash, type Site, sitesOf } from '../origin.ts'
import { partOf } from './agents.ts'
import type { Rule } from './cluster-rule.ts'

const leaders = 'groups: { leaders: { vars: { mesos_mode: leader } } }'

/** The nodes that run a ZooKeeper server. */
const servers = (draft: Draft) =>
  sitesOf(draft).filter(({ values }) => values.zookeeper_enabled && values.mesos_mode !== 'follower')

export const connectionsSuffice: Rule = {
  code: 'E106',
  sentence: 'ZooKeeper must accept all connections of the daemons on one machine.',
  why: 'A Mesos master has 4 connections to ZooKeeper, Marathon 2, an agent 1, and the health check 1, all from the address of the machine and possibly all to the same server. ZooKeeper closes connections above `zookeeper_max_client_connections`, and the daemons cannot take part in elections.',
  example: `vars: { zookeeper_max_client_connections: 3 }\n${leaders}`,
  check: draft =>
    servers(draft).flatMap((site): readonly Finding[] => {
      const { zookeeper_max_client_connections: most } = site.values
      const needed = connectionsOf(site)
      if (most === 0 || most >= needed) return []
      const { name: _, ...place } = clash(draft, site, ['zookeeper_max_client_connections'])
      const message = `must be 0 (unlimited) or at least ${needed} on a machine with these daemons, got ${most}`
      return [{ ...place, message }]
    }),
}

// Master: contender and detector (src/master/{contender,detector}/zookeeper.cpp), and two groups of the replicated log
// (src/log/log.cpp, network.hpp). Marathon: Curator (RichCuratorFramework.scala), and the detector of its driver.
function connectionsOf({ values }: Site): number {
  const agent = values.mesos_mode === 'mixed' ? 1 : 0
  const marathon = values.marathon_enabled ? 2 : 0
  const healthCheck = 1
  return 4 + marathon + agent + healthCheck
}

/** A daemon with a session in ZooKeeper. */
interface Client {
  readonly name: string
  readonly options: 'mesos_leader_options' | 'mesos_follower_options' | 'marathon_options'
  /** In milliseconds, as a flag's value gives it. */
  readonly timeoutOf: (value: unknown) => number
  readonly usual: number
}

const mesosTime = (value: unknown) => (durationOf(value) ?? Number.NaN) * 1000

const master: Client = {
  name: 'the master',
  options: 'mesos_leader_options',
  timeoutOf: mesosTime,
  usual: 8_000,
}
const agent: Client = {
  name: 'the agent',
  options: 'mesos_follower_options',
  timeoutOf: mesosTime,
  usual: 10_000,
}
const marathon: Client = {
  name: 'Marathon',
  options: 'marathon_options',
  timeoutOf: Number,
  usual: 10_000,
}

export const sessionsFitTicks: Rule = {
  code: 'W027',
  sentence: 'Session timeouts should be from 2 to 20 ticks of ZooKeeper.',
  why: 'ZooKeeper silently replaces a session timeout outside of these bounds by the nearest bound. A failover then takes longer than intended, or a short pause costs a leader its session.',
  example: `vars: { mesos_leader_options: { zk_session_timeout: 1mins } }\n${leaders}`,
  check: draft =>
    sitesOf(draft)
      .filter(({ values }) => values.zookeeper_enabled)
      .flatMap(site => clientsOn(site).flatMap(client => sessionTrouble(draft, site, client))),
}

function clientsOn({ values }: Site): readonly Client[] {
  if (values.mesos_mode === 'follower') return [agent]
  return [
    master,
    ...(values.marathon_enabled ? [marathon] : []),
    ...(values.mesos_mode === 'mixed' ? [agent] : []),
  ]
}

// ZooKeeper 3.8: ServerConfig, minSessionTimeout and maxSessionTimeout.
function sessionTrouble(draft: Draft, site: Site, client: Client): readonly Finding[] {
  const flag = 'zk_session_timeout'
  const tick = site.values.zookeeper_tick_ms
  const given = Object.entries(site.values[client.options]).find(
    ([name]) => findFlag('master', name)?.[0] === flag,
  )
  // What an agent only watches needs no exact time.
  if (given === undefined && client === agent) return []
  const asked = given === undefined ? client.usual : client.timeoutOf(given[1])
  const used = Math.min(Math.max(asked, 2 * tick), 20 * tick)
  if (Number.isNaN(asked) || used === asked) return []
  const { name: _, ...place } = clash(draft, site, ['zookeeper_tick_ms'])
  const help = `sessions last from 2 to 20 ticks, here ${2 * tick} to ${20 * tick} ms`
  if (given === undefined) {
    const message = `changes the session timeout of ${client.name} from ${asked} ms to ${used} ms`
    return [{ ...place, message, help }]
  }
  const path = partOf(draft, site, client.options, given[0])
  return [
    { path, on: place.on, message: `ZooKeeper changes it to ${used} ms`, help, notes: tickNote(draft, site) },
  ]
}

function tickNote(draft: Draft, site: Site) {
  const { notes, path } = clash(draft, site, ['zookeeper_tick_ms'])
  const message = `zookeeper_tick_ms is ${site.values.zookeeper_tick_ms}`
  return notes.length > 0 ? notes : [{ message, path }]
}

// jute.maxbuffer of ZooKeeper 3.8 (org.apache.jute.BinaryInputArchive), which our image does not change.
const largestNode = 0xfffff

export const nodesFitZooKeeper: Rule = {
  code: 'W019',
  sentence: 'Marathon should not store more in one node of ZooKeeper than ZooKeeper accepts.',
  why: 'ZooKeeper accepts 1,048,575 bytes (`jute.maxbuffer`). It closes the connection of a client that sends more, and Marathon cannot store its apps.',
  example: `vars: { marathon_options: { zk_max_node_size: 4194304 } }\n${leaders}`,
  check: draft =>
    servers(draft).flatMap((site): readonly Finding[] => {
      const { zk_max_node_size: size } = site.values.marathon_options
      if (!site.values.marathon_enabled || !(Number(size) > largestNode)) return []
      const path = partOf(draft, site, 'marathon_options', 'zk_max_node_size')
      const message = `ZooKeeper accepts ${largestNode} bytes at most`
      return [{ path, on: [site.path], message, help: 'remove it, or split large groups of apps' }]
    }),
}
