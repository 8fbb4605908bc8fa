import { electedIn } from '../health/elected.ts'
import type { Gate } from '../health/gate.ts'
import { isUp } from '../health/gates.ts'
import type { Report } from '../health/report.ts'
import type { Seen } from '../health/seen.ts'
import { count } from './say-step.ts'
import type { Style } from './style.ts'
import { table } from './table.ts'

/** A node of a cluster whose health is known. */
export interface Looked extends Seen {
  readonly machine: string | undefined
  readonly address: string | undefined
  /** What has to be said of its age or state, beside `state`. */
  readonly remark: string
}

/** Pages that a browser on this machine can open. */
export interface Page {
  readonly node: string
  readonly what: 'Mesos' | 'Marathon'
  readonly url: string
}

/** Every node with what it says of itself, then the gates and the pages. */
export function sayHealth(
  head: string,
  { nodes, gates, pages }: { nodes: readonly Looked[]; gates: readonly Gate[]; pages: readonly Page[] },
  style: Style,
): string {
  const rows = [
    ['NAME', 'MACHINE', 'STATE', 'ADDRESS', 'CONSUL', 'ZOOKEEPER', 'MESOS', 'MARATHON', 'RESTARTS'],
    ...nodes.map(rowOf),
  ]
  return [head, '', ...table(rows), '', ...sayGates(gates, style), ...sayPages(nodes, pages)].join('\n')
}

function rowOf(node: Looked): readonly string[] {
  const { report } = node
  return [
    node.name,
    node.machine ?? '-',
    [node.state, node.remark].filter(part => part !== '').join(', '),
    node.address ?? '-',
    report?.consul ? count(report.consul.servers.length, 'server') : '-',
    report?.zookeeper ? (report.zookeeper.mode ?? 'down') : '-',
    sayMesos(report),
    report?.marathon ? (report.marathon.health ? 'up' : 'down') : '-',
    report === undefined ? '-' : String(restartsOf(report)),
  ]
}

function sayMesos(report: Report | undefined): string {
  const master = report?.master
  const agent = report?.agent
  const parts = [
    master ? (master.elected ? 'elected' : master.health ? 'master' : 'master down') : '',
    agent ? (agent.registered ? 'registered' : agent.health ? 'agent' : 'agent down') : '',
  ].filter(part => part !== '')
  return parts.length === 0 ? '-' : parts.join(', ')
}

/** How often systemd had to start something of ours again. */
function restartsOf({ units }: Report): number {
  return units.reduce((sum, { restarts }) => sum + restarts, 0)
}

function sayGates(gates: readonly Gate[], style: Style): readonly string[] {
  const marks = { green: style.good('✓'), waiting: style.changed('·'), failed: style.bad('✗') }
  const widest = Math.max(...gates.map(({ name }) => name.length))
  return gates.map(({ name, state, detail, blames }) => {
    const one = blames.find(({ node }) => node !== '')
    const told = one === undefined ? '' : `; ${one.node} ${one.why}`
    return `  ${marks[state]} ${name.padEnd(widest)}  ${detail}${told}`
  })
}

function sayPages(nodes: readonly Looked[], pages: readonly Page[]): readonly string[] {
  if (pages.length === 0) return []
  const elected = electedIn(nodes)[0]?.name
  const shown = elected === undefined ? pages : pages.filter(({ node }) => node === elected)
  return ['', ...table(shown.map(({ node, what, url }) => [`  ${what}`, url, node]))]
}

/** The health of a cluster as data. */
export function healthJson({
  nodes,
  gates,
  pages,
}: {
  nodes: readonly Looked[]
  gates: readonly Gate[]
  pages: readonly Page[]
}) {
  return {
    up: isUp(gates),
    elected: electedIn(nodes)[0]?.name ?? null,
    gates,
    pages,
    nodes: nodes.map(({ name, machine = null, address = null, state, report = null }) => ({
      name,
      machine,
      address,
      state,
      report,
    })),
  }
}
