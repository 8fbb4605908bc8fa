import { electedIn } from '../health/elected.ts'
import type { Gate } from '../health/gate.ts'
import { isUp } from '../health/gates.ts'
import type { HealthView, NodeView, NotUp, Page } from '../health/health.ts'
import type { Report } from '../health/report.ts'
import { count } from '../plan/words.ts'
import type { Style } from './style.ts'
import { table } from './table.ts'

/** Every node with its report, then the gates and the web pages. */
export function sayHealth({ nodes, gates, pages }: HealthView, style: Style): readonly string[] {
  const rows = [
    ['NAME', 'MACHINE', 'STATE', 'ADDRESS', 'CONSUL', 'ZOOKEEPER', 'MESOS', 'MARATHON', 'RESTARTS'],
    ...nodes.map(rowOf),
  ]
  return [...table(rows), '', ...sayGates(gates, style), ...sayPages(nodes, pages)]
}

function rowOf(node: NodeView): readonly string[] {
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

/** How often systemd has restarted our units. */
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

function sayPages(nodes: readonly NodeView[], pages: readonly Page[]): readonly string[] {
  if (pages.length === 0) return []
  const elected = electedIn(nodes)[0]?.name
  const shown = elected === undefined ? pages : pages.filter(({ node }) => node === elected)
  return ['', ...table(shown.map(({ node, what, url }) => [`  ${what}`, url, node]))]
}

/** The health of a cluster as JSON. */
export function healthJson({ nodes, gates, pages }: HealthView) {
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

/** Why a cluster is not healthy: the gates that are not green, the nodes to blame, and the last lines of their logs. */
export function sayClosed({ closed }: NotUp): string {
  const parts = closed.map(({ gate, logs }) => {
    const lines = logs.flatMap(({ blame, lines }) => {
      const who = [blame.node, blame.unit].filter(part => part !== undefined && part !== '').join(', ')
      const log = lines === '' ? [] : lines.split('\n').map(line => `      ${line}`)
      return [`    ${who === '' ? '' : `${who}: `}${blame.why}`, ...log]
    })
    return [`  ${gate.name}: ${gate.detail}`, ...lines].join('\n')
  })
  return ['the cluster is not healthy:', ...parts].join('\n')
}
