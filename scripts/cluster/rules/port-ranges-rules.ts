import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import { clash, nameOf, type Site, sitesOf } from '../origin.ts'
import { listenersOn, type Offer, offersOf, outgoing, overlap, type Range, rangesIn } from '../ports.ts'
import { agentsIn } from './agents.ts'
import type { Rule } from './cluster-rule.ts'
import { fixedPortsOn } from './ports-rules.ts'

const withVars = (vars: string) =>
  `vars: { ${vars} }\ngroups: { leaders: { vars: { mesos_mode: leader } }, web: { min: 1 } }`
const say = ([first, last]: Range) => `${first} to ${last}`
const offersNeedNoNode = 'offer ports that the node does not use, such as [31000-32000]'

export const offersLeaveOutOurs: Rule = {
  code: 'E085',
  sentence: 'The ports that an agent offers to tasks must not include ports of its own node.',
  why: 'A task that is given such a port cannot listen on it and fails, or it takes the port while the service of the node restarts. Without `ports` in `mesos_resources`, the agent offers 31000 to 32000.',
  example: withVars('mesos_follower_port: 31051'),
  check: draft =>
    agentsIn(draft).flatMap(site => offersOf(site.values).flatMap(offer => oursIn(draft, site, offer))),
}

function oursIn(draft: Draft, site: Site, { setting, ranges }: Offer): readonly Finding[] {
  const isOffered = (port: number) => ranges.some(range => overlap(range, [port, port]))
  const ours = listenersOn(site.values).filter(({ port }) => isOffered(port))
  const fixed = [...fixedPortsOn(site)].filter(([port]) => isOffered(port))
  if (setting === undefined)
    return ours.flatMap(listener => isAmongOffered(draft, site, [listener.setting], ranges))
  if (ours.length + fixed.length === 0) return []
  const { name, ...place } = clash(draft, site, [setting, ...ours.map(listener => listener.setting)])
  if (name !== nameOf(setting)) {
    const wrong = ours.filter(listener => nameOf(listener.setting) === name)
    return wrong.flatMap(listener => isAmongOffered(draft, site, [listener.setting, setting], ranges))
  }
  const all = [...fixed, ...ours.map(listener => [listener.port, nameOf(listener.setting)] as const)]
  const ports = all.toSorted(([a], [b]) => a - b).map(([port, user]) => `${port} (${user})`)
  return [
    {
      ...place,
      notes: [],
      message: `includes ports of the node: ${ports.join(', ')}`,
      help: offersNeedNoNode,
    },
  ]
}

function isAmongOffered(
  draft: Draft,
  site: Site,
  settings: Parameters<typeof clash>[2],
  ranges: readonly Range[],
): readonly Finding[] {
  const { name: _, ...place } = clash(draft, site, settings)
  const message = `is among the ports that the agent offers to tasks, ${ranges.map(say).join(' and ')}`
  return [{ ...place, message, help: 'choose another port' }]
}

export const portsAreNotOutgoing: Rule = {
  code: 'W017',
  sentence: 'Ports should not be in the range for outgoing connections.',
  why: 'Linux gives the ports from 32768 to 60999 to outgoing connections (`net.ipv4.ip_local_port_range`). While a connection has a port, no service and no task can listen on it, so starts fail occasionally.',
  example: withVars('mesos_follower_port: 50051'),
  check: draft => [
    ...sitesOf(draft).flatMap(site => listenersAt(draft, site)),
    ...agentsIn(draft).flatMap(site => offersAt(draft, site)),
  ],
}

function listenersAt(draft: Draft, site: Site): readonly Finding[] {
  return listenersOn(site.values).flatMap(({ setting, port }): readonly Finding[] => {
    if (!overlap([port, port], outgoing)) return []
    const { path, on } = clash(draft, site, [setting])
    const message = `${port} may be in use by an outgoing connection (${say(outgoing)})`
    return [{ path, on, message, help: 'choose a port from 1024 to 30999' }]
  })
}

function offersAt(draft: Draft, site: Site): readonly Finding[] {
  return offersOf(site.values).flatMap(({ setting, ranges }): readonly Finding[] => {
    if (setting === undefined || !ranges.some(range => overlap(range, outgoing))) return []
    const { path, on } = clash(draft, site, [setting])
    const message = `includes ports that may be in use by outgoing connections (${say(outgoing)})`
    return [{ path, on, message, help: 'offer ports from 1024 to 32767 or from 61000 on' }]
  })
}

export const ephemeralPortsFit: Rule = {
  code: 'E086',
  sentence:
    'The ephemeral ports of containers must be separate from other ports, and enough for a container.',
  why: 'The isolator network/port_mapping gives each container a block of `ephemeral_ports`. The agent exits if these include ports below 1024, ports of `ports` or ports of the node’s outgoing connections, or if the size of a block is not a power of two from 16 up to the number of ports (Mesos 1.11, port_mapping.cpp).',
  example: withVars(
    'mesos_isolation: [network/port_mapping], mesos_resources: { ephemeral_ports: "[32768-57344]" }',
  ),
  check: draft => agentsIn(draft).flatMap(site => ephemeralTroubles(draft, site)),
}

function ephemeralTroubles(draft: Draft, site: Site): readonly Finding[] {
  const { mesos_isolation, mesos_resources } = site.values
  if (!mesos_isolation.includes('network/port_mapping')) return []
  return Object.entries(mesos_resources).flatMap(([part, entry]): readonly Finding[] => {
    if (!/^ephemeral_ports(\(|$)/.test(part)) return []
    const message = ephemeralTrouble(rangesIn(entry), site)
    if (message === undefined) return []
    const { path, on } = clash(draft, site, [{ variable: 'mesos_resources', part }])
    return [{ path, on, message }]
  })
}

function ephemeralTrouble(ranges: readonly Range[], { values }: Site): string | undefined {
  const { ephemeral_ports_per_container: block = 1024 } = values.mesos_follower_options
  const others = [
    [0, 1023],
    outgoing,
    ...offersOf(values).flatMap(offer => (offer.setting ? offer.ranges : [])),
  ] as const
  const taken = others.find(other => ranges.some(range => overlap(range, other)))
  if (taken !== undefined) return `must not include ports from ${say(taken)}, which have another use`
  const size = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  const fits = Number.isInteger(Math.log2(Number(block))) && Number(block) >= 16 && Number(block) <= size
  return fits
    ? undefined
    : `has ${size} ports, of which containers cannot get ${block} each: that must be a power of two, 16 or more`
}
