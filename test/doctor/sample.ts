import { draftOf } from '../../scripts/cluster/draft.ts'
import type { Examined, Observed } from '../../scripts/doctor/examined.ts'
import { gatesOf } from '../../scripts/health/gates.ts'
import type { NodeView } from '../../scripts/health/health.ts'
import type { Evidence, Report } from '../../scripts/health/report.ts'
import { expectedOf } from '../../scripts/health/seen.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import { clusterOf, emptyReport, sampleInventory } from '../harness/sample.ts'

// A healthy cluster of three leaders and two followers, an hour after its launch, and changes to it.

/** The clock of the nodes. */
export const now = 1_800_000_000

export const leader = (seat: number) => `c1-leader-${seat}`
export const follower = (number: number) => `c1-web-${number}`
const addressOf = (name: string) => `10.0.0.${(name.includes('web') ? 100 : 0) + Number(name.at(-1))}`

const seats = [1, 2, 3].map(leader)
const catalog = seats.map((name): [string, string] => [name, addressOf(name)])

const evidenceOf = (name: string): Evidence => ({
  time: now,
  booted: now - 3_600,
  well: now - 3_500,
  ill: {},
  stopped: [],
  disks: [],
  memory: null,
  address: addressOf(name),
  announced: name.includes('leader') ? addressOf(name) : null,
  versions: name.includes('leader') ? { master: '1.11.0' } : { agent: '1.11.0' },
  names: {
    answer: catalog.map(([, address]) => address),
    resolver: true,
    catalog: name.includes('leader') ? catalog : null,
  },
  closed: [],
  edited: [],
})

const consul = { servers: ['a', 'b', 'c'], leader: '10.0.0.1:8300', voters: 3 }
const master = {
  ...{ health: true, leader: '10.0.0.1:5050', elected: false, quorum: 2, recovered: true, slaves: null },
}

function leaderReport(seat: number): Report {
  return {
    ...emptyReport,
    consul,
    zookeeper: { mode: seat === 2 ? 'leader' : 'follower', synced_followers: seat === 2 ? 2 : null },
    master: seat === 1 ? { ...master, elected: true, slaves: 2 } : master,
    marathon: { health: true, leader: '10.0.0.1:8080' },
    evidence: evidenceOf(leader(seat)),
  }
}

function followerReport(number: number): Report {
  const agent = { health: true, registered: true, id: `S${number}`, master: '10.0.0.1' }
  return { ...emptyReport, consul, agent, evidence: evidenceOf(follower(number)) }
}

function viewOf(name: string, report: Report): NodeView {
  const leads = name.includes('leader')
  return {
    ...{ name, leads, follows: !leads, state: 'running', reason: undefined, report },
    ...{
      pool: leads ? undefined : 'c1-web',
      machine: `i-${name}`,
      address: leads ? addressOf(name) : undefined,
    },
    ...{ age: 3, time: now, ahead: -2, remark: '' },
  }
}

const healthy: readonly NodeView[] = [
  ...[1, 2, 3].map(seat => viewOf(leader(seat), leaderReport(seat))),
  ...[1, 2].map(number => viewOf(follower(number), followerReport(number))),
]

/** A change to the view of a node. Parts of its report and of its evidence are added to the healthy ones. */
export interface Change extends Partial<Omit<NodeView, 'report'>> {
  readonly report?: Partial<Report> | null
  readonly evidence?: Partial<Evidence>
}

const inventory = sampleInventory(3)

/** The healthy cluster with some nodes changed, or with other observations. */
export function examined(
  changes: Readonly<Record<string, Change>> = {},
  observed: Partial<Observed> = {},
  text = inventory,
): Examined {
  const nodes = healthy.map(node => {
    const { report, evidence, ...view } = changes[node.name] ?? {}
    const changed = { ...node, ...view }
    if (report === null || node.report === undefined) return { ...changed, report: undefined }
    const all = { ...node.report.evidence, ...evidence }
    return { ...changed, report: { ...node.report, ...report, evidence: all } }
  })
  const cluster = clusterOf(text)
  const gates = gatesOf(nodes, expectedOf(cluster, 2))
  const draft = draftOf(parseInventory(text, 'inventory.yaml').value, { vars: {} })
  const quiet = { changing: false, differences: [], outOfDate: [], refusals: [] }
  return { nodes, gates, ...quiet, cluster, draft, ...observed }
}

/** A unit as it is reported. */
export function unit(name: string, more: Partial<Report['units'][number]> = {}) {
  return { name, active: 'active', sub: 'running', restarts: 0, result: 'success', status: 0, ...more }
}

/** A unit that waits for its next start after a failure. */
export function restarting(name: string, status: number) {
  return unit(name, { active: 'activating', sub: 'auto-restart', restarts: 7, result: 'exit-code', status })
}

/** A part that is unhealthy for a minute. */
export const ill = (...parts: readonly string[]) => Object.fromEntries(parts.map(part => [part, now - 60]))

/** A part that is unhealthy for as long as a failover takes. */
export const brief = (...parts: readonly string[]) => Object.fromEntries(parts.map(part => [part, now - 10]))

export { consul, master }
