import { electedIn } from '../health/elected.ts'
import type { Gate } from '../health/gate.ts'
import { isUp } from '../health/gates.ts'
import type { HealthView, NodeView, NotUp, Page } from '../health/health.ts'
import type { Report } from '../health/report.ts'
import type { PoolStatus, SeatStatus, Status } from '../plan/status.ts'
import { count } from '../plan/words.ts'
import type { Screen, Style } from './style.ts'
import { fittingTable, table } from './table.ts'

/** The columns that a narrow terminal does not show, in this order. */
const dispensable = ['MACHINE', 'ADDRESS', 'RESTARTS', 'CONSUL']

/** Every node with its report, then the gates and the web pages. */
export function sayHealth(
  status: Status,
  { nodes, gates, pages }: HealthView,
  { style, columns }: Screen,
): readonly string[] {
  const troubles = status.pools.flatMap(({ name, trouble }) =>
    trouble === null ? [] : [`${name}: ${trouble}`],
  )
  return [
    ...fittingTable(healthRows(status, nodes), dispensable, columns),
    '',
    ...troubles.flatMap(line => [line, '']),
    ...sayWarnings(nodes, style),
    ...sayGates(gates, style),
    ...sayPages(nodes, pages),
  ]
}

/** Every node as a row of cells. The first row has the headings. */
export function healthRows(status: Status, nodes: readonly NodeView[]): readonly (readonly string[])[] {
  return [
    ['NAME', 'MACHINE', 'STATE', 'ADDRESS', 'CONSUL', 'ZOOKEEPER', 'MESOS', 'MARATHON', 'RESTARTS'],
    ...status.seats.map(seat => seatRow(seat, nodes)),
    ...status.pools.flatMap(pool => poolRows(pool, nodes)),
  ]
}

function seatRow(seat: SeatStatus, nodes: readonly NodeView[]): readonly string[] {
  const node = nodes.find(
    ({ name, machine }) => name === seat.name && machine === (seat.machine ?? undefined),
  )
  const remarks = [sayReport(node), seat.userData === 'older' ? 'outdated user data' : '']
  return [
    seat.name,
    seat.machine ?? '-',
    [seat.state, ...remarks].filter(part => part !== '').join(', '),
    seat.address ?? '-',
    ...reportCells(node?.report),
  ]
}

/** Nodes report every 15 s, so that a report of this age, in seconds, is one of a node that may have stopped. */
const old = 20

/** What there is to say about the report of a running node, unless it is recent. */
function sayReport(node: NodeView | undefined): string {
  if (node?.state !== 'running' || node.counted === true) return ''
  if (node.report === undefined) return 'no report'
  return (node.age ?? 0) > old ? `report ${node.age} s old` : ''
}

/** What threatens the machines, for every node, because a large pool does not list all its nodes. */
function sayWarnings(nodes: readonly NodeView[], style: Style): readonly string[] {
  const lines = nodes.flatMap(({ name, warnings = [] }) =>
    warnings.map(({ message }) => `  ${style.changed('!')} ${name}: ${message}`),
  )
  if (lines.length === 0) return []
  return ['Scheduled events and failed status checks (npm run roll moves these nodes first):', ...lines, '']
}

/** Up to this many followers of a pool are listed; of a larger pool, the first few that are not healthy. */
const listed = 10
const listedIll = 3

function poolRows(pool: PoolStatus, nodes: readonly NodeView[]): readonly (readonly string[])[] {
  const own = nodes.filter(node => node.pool === pool.name && node.machine !== undefined)
  const registered = own.filter(isRegistered).length
  const shown = own.length > listed ? own.filter(node => !isRegistered(node)).slice(0, listedIll) : own
  const state = `${pool.inService} in service, ${pool.min} to ${pool.max}`
  return [
    [
      pool.name,
      count(pool.desired, 'machine'),
      pool.state === 'present' ? state : pool.state,
      ...['-', '-', '-'],
      own.length === 0 ? '-' : `${registered} registered`,
      ...['-', '-'],
    ],
    ...shown.map(node => [
      `  ${node.name}`,
      node.machine === node.name ? '-' : (node.machine ?? '-'),
      [node.state, sayReport(node), node.remark].filter(part => part !== '').join(', '),
      node.address ?? '-',
      ...reportCells(node.report),
    ]),
  ]
}

function isRegistered({ report, counted }: NodeView): boolean {
  return counted === true || report?.agent?.registered === true
}

function reportCells(report: Report | undefined): readonly string[] {
  return [
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
  return gates.map(gate => `  ${marks[gate.state]} ${gate.name.padEnd(widest)}  ${sayGate(gate)}`)
}

/** The detail of a gate, and the first node that keeps it from being green. */
export function sayGate({ detail, blames }: Gate): string {
  const one = blames.find(({ node }) => node !== '')
  return one === undefined ? detail : `${detail}; ${one.node} ${one.why}`
}

function sayPages(nodes: readonly NodeView[], pages: readonly Page[]): readonly string[] {
  if (pages.length === 0) return []
  const elected = electedIn(nodes)[0]?.name
  const shown = elected === undefined ? pages : pages.filter(({ node }) => node === elected)
  return ['', ...pageLines(shown)]
}

/** A line for each web page. */
export function pageLines(pages: readonly Page[]): readonly string[] {
  return table(pages.map(({ node, what, url }) => [`  ${what}`, url, node]))
}

/** The health of a cluster as JSON. */
export function healthJson({ nodes, gates, pages }: HealthView) {
  return {
    up: isUp(gates),
    elected: electedIn(nodes)[0]?.name ?? null,
    gates,
    pages,
    nodes: nodes.map(node => ({
      name: node.name,
      machine: node.machine ?? null,
      address: node.address ?? null,
      state: node.state,
      reason: node.reason ?? null,
      registered: isRegistered(node),
      age: node.age ?? null,
      ...(node.warnings !== undefined && {
        warnings: node.warnings.map(({ code, time, message }) => ({ code, time, message })),
      }),
      report: node.report ?? null,
    })),
  }
}

/** Describes the settings of the inventory that the log of a unit names, one line each. */
export type SayCauses = (unit: string, lines: string) => readonly string[]

/**
 * Why a cluster is not healthy: the gates that are not green, the nodes to blame, the last lines of their logs, and the
 * settings that these name.
 */
export function sayClosed({ closed }: NotUp, causesOf: SayCauses): string {
  const parts = closed.map(({ gate, logs }) => {
    const lines = logs.flatMap(({ blame, lines }) => {
      const who = [blame.node, blame.unit].filter(part => part !== undefined && part !== '').join(', ')
      const log = lines === '' ? [] : lines.split('\n').map(line => `      ${line}`)
      const causes = causesOf(blame.unit ?? '', lines).map(cause => `      ${cause}`)
      return [`    ${who === '' ? '' : `${who}: `}${blame.why}`, ...log, ...causes]
    })
    return [`  ${gate.name}: ${gate.detail}`, ...lines].join('\n')
  })
  return ['the cluster is not healthy:', ...parts].join('\n')
}
