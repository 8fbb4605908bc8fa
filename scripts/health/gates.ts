import type { Report } from './report.ts'
import type { Expected, Seen } from './seen.ts'

/** One condition of a cluster that is up. */
export interface Gate {
  readonly name: GateName
  /** `failed` when waiting won't help. */
  readonly state: 'green' | 'waiting' | 'failed'
  readonly detail: string
  /** Who keeps it from being green. */
  readonly blames: readonly Blame[]
}

export type GateName =
  | 'machines'
  | 'cloud-init'
  | 'consul'
  | 'zookeeper'
  | 'masters'
  | 'election'
  | 'followers'
  | 'marathon'

export interface Blame {
  readonly node: string
  /** The unit whose log tells more. */
  readonly unit: string | undefined
  readonly why: string
  /** Whether it will stay so. */
  readonly final?: boolean
}

type Check = (seen: readonly Seen[], expected: Expected) => { detail: string; blames: readonly Blame[] }

/** Every gate, in the order in which a cluster passes them. A cluster is up when all are green. */
export function gatesOf(seen: readonly Seen[], expected: Expected): readonly Gate[] {
  const checks: readonly (readonly [GateName, Check])[] = [
    ['machines', machines],
    ['cloud-init', cloudInit],
    ['consul', consul],
    ...(expected.zookeeper ? [['zookeeper', zookeeper] as const] : []),
    ['masters', masters],
    ['election', election],
    ['followers', followers],
    ...(expected.marathon ? [['marathon', marathon] as const] : []),
  ]
  return checks.map(([name, check]) => {
    const { detail, blames } = check(seen, expected)
    const failed = blames.some(({ final }) => final)
    return { name, state: blames.length === 0 ? 'green' : failed ? 'failed' : 'waiting', detail, blames }
  })
}

/** Whether every gate is green. */
export function isUp(gates: readonly Gate[]): boolean {
  return gates.every(({ state }) => state === 'green')
}

function machines(seen: readonly Seen[]) {
  const blames = seen
    .filter(({ state, report }) => state !== 'running' || report === undefined)
    .map(({ name, state, reason }) => ({
      node: name,
      unit: undefined,
      why: reason ?? (state === 'running' ? 'reports nothing yet' : state),
      final: state === 'ended',
    }))
  return { detail: `${seen.length - blames.length} of ${seen.length} run and report`, blames }
}

/** Blames each node about which `why` says something. A node without a report is the first gate's business. */
function judge(
  seen: readonly Seen[],
  unit: string,
  why: (report: Report, node: Seen) => string | Omit<Blame, 'node' | 'unit'> | undefined,
): readonly Blame[] {
  return seen.flatMap(node => {
    if (node.state !== 'running' || node.report === undefined) return []
    const said = why(node.report, node)
    if (said === undefined) return []
    return [{ node: node.name, unit, ...(typeof said === 'string' ? { why: said } : said) }]
  })
}

const reporting = (seen: readonly Seen[]) => seen.filter(({ report }) => report !== undefined)
const leadersIn = (seen: readonly Seen[]) => seen.filter(({ leads }) => leads)
const followersIn = (seen: readonly Seen[]) => seen.filter(({ follows }) => follows)

function lacking(what: string, present: number, wanted: number): readonly Blame[] {
  return present >= wanted ? [] : [{ node: '', unit: undefined, why: `${present} of ${wanted} ${what}` }]
}

function cloudInit(seen: readonly Seen[]) {
  const blames = judge(seen, 'cloud-final.service', ({ cloud_init: { status, errors } }) => {
    if (status === 'error') return { why: `ended with errors: ${errors.join('; ')}`, final: true }
    return status === 'done' ? undefined : status
  })
  const done = reporting(seen).length - blames.length
  return {
    detail: `${done} of ${seen.length} done`,
    blames: [...blames, ...lacking('done', done, seen.length)],
  }
}

function consul(seen: readonly Seen[], { leaders }: Expected) {
  const blames = judge(seen, 'consul.service', report => {
    const servers = report.consul?.servers.length ?? 0
    if (servers !== leaders)
      return withUnit(report, 'consul.service', `sees ${servers} of ${leaders} servers`)
    return report.consul?.leader ? undefined : 'knows of no leader'
  })
  const fine = reporting(seen).length - blames.length
  return {
    detail: `${fine} of ${seen.length} see ${leaders === 1 ? '1 server' : `${leaders} servers`} and a leader`,
    blames: [...blames, ...lacking('agents agree', fine, seen.length)],
  }
}

function zookeeper(seen: readonly Seen[], { leaders }: Expected) {
  const those = leadersIn(seen)
  const modes = those.map(({ report }) => report?.zookeeper?.mode)
  const leading = those.find(({ report }) => report?.zookeeper?.mode === 'leader')
  const synced = leading?.report?.zookeeper?.synced_followers ?? 0
  const blames = judge(those, 'zookeeper.service', report => {
    const mode = report.zookeeper?.mode
    if (mode === 'leader' || mode === 'follower') return undefined
    return withUnit(report, 'zookeeper.service', mode ? `is ${mode}` : 'serves nobody')
  })
  const heads = modes.filter(mode => mode === 'leader').length
  return {
    detail:
      leading === undefined
        ? 'no leader'
        : `${leading.name} leads, ${synced} of ${leaders - 1} followers synced`,
    blames: [
      ...blames,
      ...(heads === 1 ? [] : [{ node: '', unit: undefined, why: `${heads} leaders` }]),
      ...(heads === 1 ? lacking('followers synced', synced, leaders - 1) : []),
    ],
  }
}

function masters(seen: readonly Seen[], { leaders, quorum }: Expected) {
  const those = leadersIn(seen)
  const blames = judge(those, 'mesos-master.service', report => {
    if (!report.master?.health) return withUnit(report, 'mesos-master.service', 'does not answer /health')
    if (report.master.quorum === quorum) return undefined
    return { why: `runs with quorum ${report.master.quorum}, not ${quorum}`, final: true }
  })
  const fine = reporting(those).length - blames.length
  return {
    detail: `${fine} of ${leaders} answer, quorum ${quorum}`,
    blames: [...blames, ...lacking('answer', fine, leaders)],
  }
}

function election(seen: readonly Seen[], { leaders }: Expected) {
  const those = leadersIn(seen)
  const elected = electedIn(seen)
  const [one] = elected
  const said = new Set(those.map(({ report }) => report?.master?.leader ?? ''))
  const agreed = said.size === 1 && !said.has('')
  if (one === undefined || elected.length > 1) {
    return { detail: `${elected.length} elected`, blames: [nobody(`${elected.length} masters are elected`)] }
  }
  const split = agreed
    ? []
    : [nobody(`the masters name ${[...said].map(name => name || 'nobody').join(', ')}`)]
  const recovered = one.report?.master?.recovered === true
  const log = recovered ? [] : [{ ...nobody('its registrar is not recovered'), node: one.name }]
  return {
    detail: `${one.name} is elected, ${agreed ? `${leaders} agree` : 'not all agree'}`,
    blames: [...split, ...log],
  }
}

/** The nodes whose master says that it leads. */
export function electedIn(seen: readonly Seen[]): readonly Seen[] {
  return leadersIn(seen).filter(({ report }) => report?.master?.elected === true)
}

function nobody(why: string): Blame {
  return { node: '', unit: 'mesos-master.service', why }
}

function followers(seen: readonly Seen[], { followers: wanted }: Expected) {
  const those = followersIn(seen)
  const blames = judge(those, 'mesos-agent.service', report => {
    if (!report.agent?.health) return withUnit(report, 'mesos-agent.service', 'does not answer /health')
    return report.agent.registered ? undefined : 'is not registered'
  })
  const known = electedIn(seen)[0]?.report?.master?.slaves ?? 0
  const fine = reporting(those).length - blames.length
  return {
    detail: `${Math.min(fine, known)} of ${wanted} registered`,
    blames: [...blames, ...lacking('registered', Math.min(fine, known), wanted)],
  }
}

function marathon(seen: readonly Seen[]) {
  const those = leadersIn(seen)
  const present = those.filter(({ report }) => report?.marathon)
  // Before cloud-init is done, nothing is there of which a node could report.
  const told = those.every(({ report }) => report?.cloud_init.status === 'done')
  const absent = told && present.length === 0
  if (absent) return { detail: 'is not in the image', blames: [] }
  const blames = judge(those, 'marathon.service', report => {
    if (!report.marathon?.health) return withUnit(report, 'marathon.service', 'does not answer')
    return report.marathon.leader ? undefined : 'knows of no leader'
  })
  const fine = reporting(those).length - blames.length
  return {
    detail: `${fine} of ${those.length} answer`,
    blames: [...blames, ...lacking('answer', fine, those.length)],
  }
}

/** Adds to a complaint what systemd says of the unit, where that is news. */
function withUnit({ units }: Report, name: string, why: string): Omit<Blame, 'node' | 'unit'> {
  const unit = units.find(one => one.name === name)
  if (unit === undefined) return { why }
  const restarts = unit.restarts > 0 ? `, restarted ${unit.restarts} times` : ''
  const state = unit.active === 'active' ? '' : `; ${unit.active} (${unit.sub})`
  return { why: `${why}${state}${restarts}`, final: unit.active === 'failed' }
}
