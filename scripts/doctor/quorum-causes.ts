import {
  countPath,
  type Examined,
  isIll,
  lineOf,
  linesOf,
  mastersIn,
  type Reporting,
  reporting,
  unitFails,
  unitOf,
} from './examined.ts'
import { type Finding, logOf, systemctl } from './finding.ts'

// Why ZooKeeper, Consul or Mesos have no leader. Each looks the same from outside: no master is elected.

const serves = ({ report: { zookeeper } }: Reporting) =>
  zookeeper?.mode === 'leader' || zookeeper?.mode === 'follower'

export function noZookeeperLeader(examined: Examined): readonly Finding[] {
  const { cluster } = examined
  const leaders = zookeepersIn(examined)
  if (leaders.some(({ report }) => report.zookeeper?.mode === 'leader')) return []
  const running = leaders.filter(node => isRunning(node, 'zookeeper.service'))
  const ill = leaders.filter(node => isIll(node, 'zookeeper') || node.evidence.well != null)
  if (running.length >= cluster.quorum || ill.length === 0) return []
  const names = cluster.seats.map(({ name }) => name)
  const down = names.filter(name => !running.some(node => node.name === name))
  const evidence = `${running.length} of ${names.length} servers run, and the quorum is ${cluster.quorum}`
  const present = leaders.find(({ name }) => down.includes(name))
  return [
    {
      code: 'D010',
      node: down.join(', '),
      evidence,
      path: countPath(examined),
      fix: present === undefined ? ['launch'] : systemctl('start', present.name, 'zookeeper'),
    },
  ]
}

/** Servers that run but do not serve, although enough others run. */
export function lonelyZookeeper(examined: Examined): readonly Finding[] {
  const leaders = zookeepersIn(examined)
  const running = leaders.filter(node => isRunning(node, 'zookeeper.service'))
  if (running.length < examined.cluster.quorum) return []
  return running
    .filter(node => !serves(node) && isIll(node, 'zookeeper'))
    .map(node => ({
      code: 'D011',
      node: node.name,
      evidence: said(node, 'zookeeper.service', `mode: ${node.report.zookeeper?.mode ?? 'not serving'}`),
      fix: logOf(node.name, 'zookeeper.service'),
    }))
}

export function noConsulLeader(examined: Examined): readonly Finding[] {
  const { cluster } = examined
  const nodes = reporting(examined)
  if (nodes.some(({ report }) => report.consul?.leader)) return []
  const leaders = nodes.filter(({ leads }) => leads)
  const ill = leaders.filter(node => isIll(node, 'consul'))
  if (ill.length === 0) return []
  const running = leaders.filter(node => isRunning(node, 'consul.service'))
  const [first = ill[0]] = ill
  const evidence = `${running.length} of ${cluster.seats.length} servers run, and the quorum is ${cluster.quorum}`
  const stopped = leaders.find(node => !running.includes(node))
  return [
    {
      code: 'D012',
      node: '',
      evidence: first === undefined ? evidence : said(first, 'consul.service', evidence),
      path: countPath(examined),
      fix: stopped === undefined ? ['launch'] : systemctl('start', stopped.name, 'consul'),
    },
  ]
}

/** Agents that know no leader, although others do. */
export function lonelyConsul(examined: Examined): readonly Finding[] {
  const nodes = reporting(examined)
  if (!nodes.some(({ report }) => report.consul?.leader)) return []
  return nodes
    .filter(node => isIll(node, 'consul') && isRunning(node, 'consul.service'))
    .map(node => ({
      code: 'D013',
      node: node.name,
      evidence: said(node, 'consul.service', 'knows no leader'),
      fix: logOf(node.name, 'consul.service'),
    }))
}

export function noMaster(examined: Examined): readonly Finding[] {
  const nodes = reporting(examined)
  const masters = mastersIn(nodes)
  const zookeeper = nodes.some(({ report }) => report.zookeeper?.mode === 'leader')
  const ill = masters.filter(({ node }) => isIll(node, 'election'))
  const elected = masters.some(({ master }) => master.elected)
  if (elected || !zookeeper || masters.length < examined.cluster.quorum || ill.length === 0) return []
  return ill.slice(0, 1).map(({ node }) => ({
    code: 'D014',
    node: '',
    evidence: said(node, 'mesos-master.service', `${masters.length} masters run, and none is elected`),
    fix: logOf(node.name, 'mesos-master.service'),
  }))
}

function zookeepersIn(examined: Examined): readonly Reporting[] {
  const { cluster } = examined
  const own = cluster.seats.every(({ values }) => values.zookeeper_enabled)
  return own ? reporting(examined).filter(({ leads }) => leads) : []
}

/** Whether a unit runs. On a console, units that run are not listed. */
function isRunning(node: Reporting, name: string): boolean {
  if (node.evidence.stopped?.includes(name) || unitFails(node, name)) return false
  return (unitOf(node, name)?.active ?? 'active') === 'active'
}

function said(node: Reporting, unit: string, otherwise: string): string {
  const line = lineOf(linesOf(node, unit), /error|fail|warn|refuse|cannot/i)
  return line === '' ? otherwise : `${otherwise}; ${line}`
}
