import { settingsNamedIn } from '../cluster/causes.ts'
import {
  countPath,
  type Examined,
  lineOf,
  linesOf,
  mastersIn,
  type Reporting,
  reporting,
} from './examined.ts'
import { type Finding, replace, systemctl } from './finding.ts'

// Why a master cannot recover its registry. The other cause, closed ports, is in connection-causes.ts.

const unit = 'mesos-master.service'
const file = '/etc/mesos-bakery/mesos-master.env'
const symptom = /recover registrar|perform fetch/i

export function wrongQuorum(examined: Examined): readonly Finding[] {
  const { cluster, changing } = examined
  if (changing) return []
  return mastersIn(reporting(examined)).flatMap(({ node, master: { quorum } }): readonly Finding[] => {
    if (quorum === null || quorum === cluster.quorum) return []
    const edited = node.evidence.edited?.find(one => one.file === file)
    const by = edited === undefined ? '' : `; ${file} was edited: ${edited.lines.join(', ')}`
    return [
      {
        code: 'D001',
        node: node.name,
        evidence: `runs with quorum ${quorum}, and the cluster has quorum ${cluster.quorum}${by}`,
        path: countPath(examined),
        fix: edited === undefined ? systemctl('restart', node.name, unit) : replace(node.name),
      },
    ]
  })
}

export function unreachableAddress(examined: Examined): readonly Finding[] {
  const nodes = reporting(examined)
  const works = mastersIn(nodes).some(({ master }) => master.elected && master.recovered)
  const [path] = settingsNamedIn(examined.draft, unit, 'advertise_ip ip ip_discovery_command')
  return nodes.flatMap((node): readonly Finding[] => {
    const { announced, address } = node.evidence
    // A cluster that works with an address of its own choice, for example behind NAT, is not at fault.
    const asked = path !== undefined && works
    if (!node.leads || announced == null || address == null || announced === address || asked) return []
    const evidence = `the master announces ${announced}, and the address of the machine is ${address}`
    const fix = path === undefined ? replace(node.name) : (['roll'] as const)
    return [{ code: 'D002', node: node.name, evidence, path, fix }]
  })
}

/** Replicas by whether they vote: those of masters that answer. */
function replicas(examined: Examined) {
  const nodes = reporting(examined)
  const masters = mastersIn(nodes)
  const log = nodes.map(node => lineOf(matching(linesOf(node, unit)), symptom)).find(line => line !== '')
  return {
    masters,
    voting: masters.filter(({ master }) => master.recovered),
    empty: masters.filter(({ master }) => !master.recovered),
    log,
    shows: log !== undefined || (masters.length > 0 && masters.every(({ node }) => node.settled)),
  }
}

function matching(log: string): string {
  return log
    .split('\n')
    .filter(line => symptom.test(line))
    .join('\n')
}

/** The log of a new cluster waits for all masters. */
export function tooFewMasters(examined: Examined): readonly Finding[] {
  const { cluster, nodes } = examined
  const { masters, voting, empty, shows, log } = replicas(examined)
  if (!shows || voting.length > 0 || empty.length === 0) return []
  const missing = cluster.seats.map(({ name }) => name).filter(isMissingIn(masters, nodes))
  if (missing.length === 0) return []
  const said = log === undefined ? '' : `; ${log}`
  const evidence = `${masters.length} of ${cluster.seats.length} masters run, and all logs are empty${said}`
  const stopped = reporting(examined).find(({ name }) => missing.includes(name))
  const fix = stopped === undefined ? (['launch'] as const) : systemctl('start', stopped.name, unit)
  return [{ code: 'D003', node: missing.join(', '), evidence, path: countPath(examined), fix }]
}

function isMissingIn(
  masters: readonly { readonly node: Reporting }[],
  nodes: Examined['nodes'],
): (name: string) => boolean {
  return name =>
    !masters.some(({ node }) => node.name === name) &&
    // A node without a report may have a master.
    !nodes.some(node => node.name === name && node.state === 'running' && node.report === undefined)
}

/** Replicas that were emptied cannot recover without a quorum of the others. */
export function emptiedLogs(examined: Examined): readonly Finding[] {
  const { cluster } = examined
  const { masters, voting, empty, shows, log } = replicas(examined)
  const unknown = cluster.seats.length - masters.length
  const possible = voting.length > 0 && empty.length > 0 && masters.length >= cluster.quorum
  if (!shows || !possible || voting.length + unknown >= cluster.quorum) return []
  const names = (some: typeof masters) => some.map(({ node }) => node.name).join(', ')
  const said = log === undefined ? '' : `; ${log}`
  return [
    {
      code: 'D005',
      node: names(empty),
      evidence: `only the log of ${names(voting)} can vote, and the quorum is ${cluster.quorum}${said}`,
      fix: systemctl('restart', names(voting.slice(0, 1)), unit),
      also: `first copy its log to the others (docs/recovery.md, "Recover from the remaining leaders", steps 6 and 7)`,
    },
  ]
}
