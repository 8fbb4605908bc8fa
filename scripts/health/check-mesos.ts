import { followersIn, judge, known, lacking, leadersIn, withUnit } from './blames.ts'
import { electedIn } from './elected.ts'
import type { Blame } from './gate.ts'
import type { Expected, Seen } from './seen.ts'

// The gates that check whether the machines form a cluster.

export function checkZookeeper(seen: readonly Seen[], { leaders: all, outside = [] }: Expected) {
  const those = leadersIn(seen).filter(({ name }) => !outside.includes(name))
  const leaders = all - outside.length
  const modes = those.map(({ report }) => report?.zookeeper?.mode)
  const leading = those.find(({ report }) => report?.zookeeper?.mode === 'leader')
  const synced = leading?.report?.zookeeper?.synced_followers ?? 0
  const blames = judge(those, 'zookeeper.service', report => {
    const mode = report.zookeeper?.mode
    if (mode === 'leader' || mode === 'follower') return undefined
    return withUnit(report, 'zookeeper.service', mode ? `is ${mode}` : 'does not serve requests')
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

export function checkMasters(seen: readonly Seen[], { leaders, quorum, otherQuorum }: Expected) {
  const those = leadersIn(seen)
  const blames = judge(those, 'mesos-master.service', report => {
    if (!report.master?.health) return withUnit(report, 'mesos-master.service', 'does not answer /health')
    if (report.master.quorum === quorum || report.master.quorum === otherQuorum) return undefined
    return { why: `runs with quorum ${report.master.quorum}, not ${quorum}`, final: true }
  })
  const fine = known(those).length - blames.length
  const also = otherQuorum === undefined ? '' : ` or ${otherQuorum}`
  return {
    detail: `${fine} of ${leaders} answer, quorum ${quorum}${also}`,
    blames: [...blames, ...lacking('answer', fine, leaders)],
  }
}

export function checkElection(seen: readonly Seen[], { leaders }: Expected) {
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
    : [nobody(`the masters report different leaders: ${[...said].map(name => name || 'none').join(', ')}`)]
  const recovered = one.report?.master?.recovered === true
  const log = recovered ? [] : [{ ...nobody('its registrar has not recovered'), node: one.name }]
  return {
    detail: `${one.name} is elected, ${agreed ? `${leaders} agree` : 'not all masters agree'}`,
    blames: [...split, ...log],
  }
}

function nobody(why: string): Blame {
  return { node: '', unit: 'mesos-master.service', why }
}

export function checkFollowers(seen: readonly Seen[], { followers: wanted }: Expected) {
  const those = followersIn(seen)
  const blames = judge(those, 'mesos-agent.service', report => {
    if (!report.agent?.health) return withUnit(report, 'mesos-agent.service', 'does not answer /health')
    return report.agent.registered ? undefined : 'is not registered'
  })
  const registered = electedIn(seen)[0]?.report?.master?.slaves ?? 0
  const fine = known(those).length - blames.length
  return {
    detail: `${Math.min(fine, registered)} of ${wanted} registered`,
    blames: [...blames, ...lacking('registered', Math.min(fine, registered), wanted)],
  }
}

export function checkMarathon(seen: readonly Seen[]) {
  const those = leadersIn(seen)
  const present = those.filter(({ report }) => report?.marathon)
  // Before cloud-init is done, a node has nothing to report.
  const told = those.every(({ report }) => report?.cloud_init.status === 'done')
  const absent = told && present.length === 0
  if (absent) return { detail: 'is not in the image', blames: [] }
  const blames = judge(those, 'marathon.service', report => {
    if (!report.marathon?.health) return withUnit(report, 'marathon.service', 'does not answer')
    return report.marathon.leader ? undefined : 'has no leader'
  })
  const fine = known(those).length - blames.length
  return {
    detail: `${fine} of ${those.length} answer`,
    blames: [...blames, ...lacking('answer', fine, those.length)],
  }
}
