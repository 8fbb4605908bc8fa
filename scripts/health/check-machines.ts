import { judge, known, lacking, withUnit } from './blames.ts'
import type { Expected, Seen } from './seen.ts'

// The gates that check the machines themselves.

export function checkMachines(seen: readonly Seen[]) {
  const blames = seen
    .filter(({ state, report, counted }) => state !== 'running' || (report === undefined && !counted))
    .map(({ name, state, reason }) => ({
      node: name,
      unit: undefined,
      why: reason ?? (state === 'running' ? 'has not reported yet' : state),
      final: state === 'ended',
    }))
  return { detail: `${seen.length - blames.length} of ${seen.length} running and reporting`, blames }
}

export function checkCloudInit(seen: readonly Seen[]) {
  const blames = judge(seen, 'cloud-final.service', ({ cloud_init: { status, errors } }) => {
    if (status === 'error') return { why: `finished with errors: ${errors.join('; ')}`, final: true }
    return status === 'done' ? undefined : status
  })
  const done = known(seen).length - blames.length
  return {
    detail: `${done} of ${seen.length} done`,
    blames: [...blames, ...lacking('done', done, seen.length)],
  }
}

export function checkConsul(seen: readonly Seen[], { leaders }: Expected) {
  const blames = judge(seen, 'consul.service', report => {
    const servers = report.consul?.servers.length ?? 0
    if (servers !== leaders)
      return withUnit(report, 'consul.service', `sees ${servers} of ${leaders} servers`)
    if (!report.consul?.leader) return 'has no leader'
    const voters = report.consul.voters ?? leaders
    return voters === leaders ? undefined : `sees ${voters} of ${leaders} voting servers`
  })
  const fine = known(seen).length - blames.length
  return {
    detail: `${fine} of ${seen.length} see ${leaders === 1 ? '1 server' : `${leaders} servers`} and a leader`,
    blames: [...blames, ...lacking('agents see all servers', fine, seen.length)],
  }
}
