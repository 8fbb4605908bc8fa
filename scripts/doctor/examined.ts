import type { Cluster } from '../cluster/cluster.ts'
import type { Draft } from '../cluster/draft.ts'
import { leadersIn } from '../cluster/draft.ts'
import type { Gate } from '../health/gate.ts'
import type { NodeView } from '../health/health.ts'
import type { Evidence, Report } from '../health/report.ts'
import { Path } from '../inventory/problem-path.ts'
import type { OutOfDate } from '../plan/step.ts'

/** What was observed of a cluster, as plain values. */
export interface Observed {
  readonly nodes: readonly NodeView[]
  readonly gates: readonly Gate[]
  /** Whether a rolling update or a change of the number of leaders is under way. */
  readonly changing: boolean
  /** What a launch would do. */
  readonly differences: readonly Difference[]
  readonly outOfDate: readonly OutOfDate[]
  /** Why a launch would be refused. */
  readonly refusals: readonly string[]
}

/** A step of a launch. */
export interface Difference {
  readonly kind: string
  readonly name: string
  readonly title: string
  readonly detail: string
}

/** A cluster as the inventory describes it, and as it was observed. */
export interface Examined extends Observed {
  readonly cluster: Cluster
  readonly draft: Draft
}

/** A node that reports. */
export interface Reporting extends NodeView {
  readonly report: Report
  readonly evidence: Evidence
  /** Whether it has been healthy in this boot, or has had enough time for it. */
  readonly settled: boolean
}

/** How long a node may take to become healthy, and how long a failover may take, in seconds. */
const patience = { boot: 120, failover: 20 }

/** The nodes that report. */
export function reporting({ nodes }: Pick<Observed, 'nodes'>): readonly Reporting[] {
  return nodes.flatMap(node => {
    const { report, state } = node
    if (report === undefined || state !== 'running') return []
    const evidence = report.evidence ?? {}
    const now = clockOf(node, evidence)
    const long = evidence.booted != null && now !== undefined && now - evidence.booted > patience.boot
    const settled = report.cloud_init.status === 'done' && (evidence.well != null || long)
    return [{ ...node, report, evidence, settled }]
  })
}

function clockOf({ time }: NodeView, evidence: Evidence): number | undefined {
  return time ?? evidence.time
}

/** Whether a part of a node has been unhealthy for longer than a failover takes. */
export function isIll(node: Reporting, part: string): boolean {
  const since = node.evidence.ill?.[part]
  const now = clockOf(node, node.evidence)
  return node.settled && since !== undefined && now !== undefined && now - since > patience.failover
}

/** Whether a part of a node is unhealthy, but not for long, as in a failover. */
export function isFailingOver(node: Reporting): boolean {
  return Object.keys(node.evidence.ill ?? {}).some(part => !isIll(node, part))
}

/** Whether a node has been up for so long that its state is not that of a boot. */
export function isLasting(node: Reporting): boolean {
  const { booted } = node.evidence
  const now = clockOf(node, node.evidence)
  return node.settled && booted != null && now !== undefined && now - booted > 2 * patience.boot
}

export function unitOf({ report }: Reporting, name: string): Report['units'][number] | undefined {
  return report.units.find(unit => unit.name === name)
}

const partOf: Readonly<Record<string, string>> = {
  'consul.service': 'consul',
  'zookeeper.service': 'zookeeper',
  'mesos-master.service': 'master',
  'mesos-agent.service': 'agent',
  'marathon.service': 'marathon',
}

/** The units that systemd restarts whenever they end. */
const restarts =
  /^(consul|dnsmasq|zookeeper|mesos-master|mesos-agent|marathon|mesos-bakery-(names|drain|console))\.service$/

/**
 * Whether a unit was stopped. One that systemd restarts whenever it ends is failed only if it was stopped and has ended
 * with an error, as Consul does.
 */
export function isStopped(node: Reporting, name: string): boolean {
  const failed = unitOf(node, name)?.active === 'failed' && restarts.test(name)
  return failed || node.evidence.stopped?.includes(name) === true
}

/** Whether a unit has failed, or restarts again and again. A master or Marathon that restarts once has lost an election. */
export function unitFails(node: Reporting, name: string): boolean {
  const unit = unitOf(node, name)
  if (unit === undefined) return false
  if (unit.active === 'failed') return !restarts.test(name)
  if (unit.active !== 'activating' || unit.restarts === 0) return false
  const part = partOf[name]
  const often = unit.restarts >= 3
  return part === undefined ? often : isIll(node, part) || (often && node.evidence.well == null)
}

/** The last lines of the log of a unit. Empty if they were not reported. */
export function linesOf({ report }: Reporting, unit: string): string {
  return (report.logs?.[unit] ?? []).join('\n')
}

/** The line of a log that a pattern matches, or the last one that is not empty. */
export function lineOf(log: string, pattern: RegExp): string {
  const lines = log.split('\n').filter(line => line.trim() !== '')
  return lines.findLast(line => pattern.test(line)) ?? lines.at(-1) ?? ''
}

/** The place that sets the number of leaders. */
export function countPath({ draft }: Examined): Path | undefined {
  const [leaders] = leadersIn(draft)
  return leaders && Path.inInventory('groups', leaders.group.name, 'count')
}

/** The masters that answer. */
export function mastersIn(nodes: readonly Reporting[]) {
  return nodes.flatMap(node => {
    const { master } = node.report
    return node.leads && master?.health ? [{ node, master }] : []
  })
}
