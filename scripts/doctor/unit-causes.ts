import { settingsNamedIn } from '../cluster/causes.ts'
import { Path } from '../inventory/problem-path.ts'
import type { CauseCode } from './every-cause.ts'
import {
  type Examined,
  isIll,
  isStopped,
  lineOf,
  linesOf,
  mastersIn,
  type Reporting,
  reporting,
  unitFails,
  unitOf,
} from './examined.ts'
import { type Finding, logOf, replace, systemctl } from './finding.ts'

// Why a daemon of a node does not run or work, by its state, its exit code and its log.

const agent = 'mesos-agent.service'
const marathon = 'marathon.service'

/** Units that someone has stopped, or that fail for a reason that their log names. */
export function downUnits(examined: Examined): readonly Finding[] {
  const stopped = reporting(examined).flatMap(node =>
    [...new Set([...(node.evidence.stopped ?? []), ...node.report.units.map(({ name }) => name)])]
      .filter(unit => isDaemon(unit) && isStopped(node, unit))
      .map(unit => stoppedUnit(node, unit)),
  )
  // A rolling update stops the units of the nodes that it changes.
  return [
    ...(examined.changing ? [] : stopped),
    ...allFailing(examined).filter(({ code }) => !isGeneral(code)),
  ]
}

/** Units that fail, for a reason that may be the failure of something else on the node. */
export function failingUnits(examined: Examined): readonly Finding[] {
  return allFailing(examined).filter(({ code }) => isGeneral(code))
}

const isGeneral = (code: CauseCode) => code === 'D053' || code === 'D043'

function allFailing(examined: Examined): readonly Finding[] {
  return reporting(examined).flatMap(node =>
    node.report.units
      .filter(({ name }) => isDaemon(name) && unitFails(node, name))
      .map(({ name }) => failingUnit(examined, node, name)),
  )
}

/** Units without a cause of their own in other files. A target only groups them. */
function isDaemon(unit: string): boolean {
  return unit.endsWith('.service') && !/^(dnsmasq|mesos-bakery-names)\./.test(unit)
}

function stoppedUnit(node: Reporting, unit: string): Finding {
  const { name } = node
  const gone = lineOf(linesOf(node, unit), /\bgone\b|unregister/i)
  if (unit === agent && /\bgone\b|unregister/i.test(gone)) {
    return { code: 'D034', node: name, evidence: gone, fix: replace(name) }
  }
  const code = unit === 'consul.service' ? 'D020' : 'D054'
  return { code, node: name, evidence: `${unit} was stopped`, fix: systemctl('start', name, unit) }
}

/** The causes that the log of a unit names, most specific first. */
const told: readonly (readonly [unit: string, CauseCode, RegExp])[] = [
  [agent, 'D032', /image is for cgroup/i],
  [agent, 'D031', /incompatible (agent|slave) info/i],
  [agent, 'D033', /authenticat|credential/i],
  [marathon, 'D041', /libmesos|UnsatisfiedLinkError/i],
  [marathon, 'D042', /address already in use|failed to bind/i],
  [marathon, 'D040', /unknown option|bad arguments|\[scallop\]|validation failure/i],
]

/** Exit codes of Marathon (mesosphere/marathon, CrashStrategy). */
const exits: Readonly<Record<number, CauseCode>> = { 109: 'D041', 111: 'D042', 112: 'D040' }

function failingUnit(examined: Examined, node: Reporting, unit: string): Finding {
  const log = linesOf(node, unit)
  const state = unitOf(node, unit)
  const found = told.find(([name, , pattern]) => name === unit && pattern.test(log))
  const byExit = unit === marathon ? exits[state?.status ?? 0] : undefined
  const rest = unit === 'consul.service' ? 'D020' : unit === marathon ? 'D043' : 'D053'
  const code = byExit ?? found?.[1] ?? rest
  const line = lineOf(log, found?.[2] ?? /error|fail|cannot|invalid|unknown/i)
  const result = state?.status ? `exit code ${state.status}` : (state?.result ?? '')
  const [named] = settingsNamedIn(examined.draft, unit, log)
  const path = code === 'D032' ? Path.inInventory('image', 'cgroups') : named
  return {
    code,
    node: node.name,
    evidence: `${unit} ${state?.sub ?? 'failed'}, ${result}${line === '' ? '' : `; ${line}`}`,
    path,
    fix: fixOf(code, node.name, unit, path !== undefined),
    ...(path !== undefined && { also: 'first correct the setting in the inventory' }),
  }
}

function fixOf(code: CauseCode, node: string, unit: string, isNamed: boolean): Finding['fix'] {
  if (code === 'D031') return replace(node)
  if (code === 'D032' || code === 'D041') return ['bake']
  return isNamed ? ['roll'] : logOf(node, unit)
}

/** Agents that run, but are not registered. */
export function unregisteredAgents(examined: Examined): readonly Finding[] {
  const nodes = reporting(examined)
  const elected = mastersIn(nodes).find(({ master }) => master.elected && master.recovered)
  if (elected === undefined) return []
  return nodes
    .filter(node => isIll(node, 'agent') && isActive(node, agent))
    .map(node => refusal(node, elected.node))
}

function refusal(node: Reporting, elected: Reporting): Finding {
  const log = linesOf(node, agent)
  const [own, other] = [node.evidence.versions?.agent, elected.evidence.versions?.master]
  const { name } = node
  if (own != null && other != null && own !== other) {
    const evidence = `the agent has version ${own}, and the elected master ${other}`
    return { code: 'D030', node: name, evidence, fix: ['roll'] }
  }
  const refused = /authenticat|credential/i
  const code = refused.test(log) ? 'D033' : 'D035'
  const line = lineOf(log, code === 'D033' ? refused : /error|fail|refuse|warn/i)
  return { code, node: name, evidence: line === '' ? 'is not registered' : line, fix: logOf(name, agent) }
}

/** Marathons that run, but do not answer. */
export function silentMarathons(examined: Examined): readonly Finding[] {
  return reporting(examined)
    .filter(node => isIll(node, 'marathon') && isActive(node, marathon))
    .map(node => {
      const line = lineOf(linesOf(node, marathon), /error|fail|exception/i)
      const evidence = line === '' ? 'does not answer' : line
      return { code: 'D043', node: node.name, evidence, fix: logOf(node.name, marathon) }
    })
}

function isActive(node: Reporting, unit: string): boolean {
  return !unitFails(node, unit) && !isStopped(node, unit)
}
