import type { NodeView } from '../health/health.ts'
import { type Examined, type Reporting, reporting } from './examined.ts'
import type { Finding } from './finding.ts'

// Which connections between nodes do not work.

interface Closed {
  readonly from: string
  readonly to: string
  readonly port: number
  readonly reason: string
}

function allClosed(examined: Examined): readonly Closed[] {
  return reporting(examined).flatMap(node => closedFrom(node, examined))
}

/** The nodes at either end of a connection that does not work. */
export function badlyConnected(examined: Examined): ReadonlySet<string> {
  return new Set(allClosed(examined).flatMap(({ from, to }) => [from, to]))
}

/** A finding for each node that the closed ports have in common, or for two nodes if it could be either. */
export function closedPorts(examined: Examined): readonly Finding[] {
  const all = allClosed(examined)
  const findings: Finding[] = []
  for (let left = all; left.length > 0; ) {
    const [worst = ''] = [...new Set(left.flatMap(({ to, from }) => [to, from]))].toSorted(
      (a, b) => partsOf(b, left).length - partsOf(a, left).length,
    )
    const own = partsOf(worst, left)
    const either = [...new Set(own.flatMap(({ from, to }) => [from, to]))].toSorted()
    findings.push(findingOf(either.length === 2 ? either.join(', ') : worst, own))
    left = left.filter(one => !own.includes(one))
  }
  return findings
}

const partsOf = (name: string, all: readonly Closed[]) =>
  all.filter(({ from, to }) => from === name || to === name)

function closedFrom({ name, evidence, settled }: Reporting, examined: Examined): readonly Closed[] {
  return (evidence.closed ?? []).flatMap(([address, port, reason]): readonly Closed[] => {
    const peer = examined.nodes.find(node => addressOf(node) === address)
    if (peer === undefined || peer.name === name || peer.state !== 'running') return []
    const counts = reason === 'refused' ? settled && works(peer, port, examined) : isUp(peer)
    return counts ? [{ from: name, to: peer.name, port, reason }] : []
  })
}

function addressOf({ address, report }: NodeView): string | undefined {
  return address ?? report?.evidence?.address ?? undefined
}

/** Whether a node is not just booting, so that its ports should answer. */
function isUp({ report }: NodeView): boolean {
  return report === undefined || report.cloud_init.status === 'done'
}

/** Whether the daemon that listens on a port works, so that it would accept connections. */
function works({ report }: NodeView, port: number, { cluster }: Examined): boolean {
  if (report?.evidence?.well == null) return false
  const isOfMaster = port === cluster.seats[0]?.values.mesos_leader_port
  return isOfMaster ? report.master?.health === true : report.zookeeper?.mode != null
}

function findingOf(worst: string, own: readonly Closed[]): Finding {
  const shown = own.slice(0, 4).map(({ from, to, port, reason }) => `${from} → ${to}:${port} ${reason}`)
  const more = own.length > shown.length ? `, and ${own.length - shown.length} more` : ''
  return {
    code: 'D004',
    node: worst,
    evidence: `${shown.join(', ')}${more}`,
    fix: ['launch'],
    also: 'it restores the rules of security groups; otherwise, check firewalls, network ACLs and routes',
  }
}
