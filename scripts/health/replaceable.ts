import type { Expected, Seen } from './seen.ts'

/**
 * Why a leader must not be replaced or restarted now. Undefined if it can be: without it, the other leaders must still
 * have every quorum, because a replacement starts with an empty disk and replicates its state from them. The only leader
 * can be restarted, because its disk has the state.
 */
export function whyNotReplace(
  name: string,
  seen: readonly Seen[],
  expected: Expected,
  keepDisk: boolean,
): string | undefined {
  const { leaders, quorum } = expected
  if (leaders === 1 && keepDisk) return undefined
  if (leaders === 1)
    return 'is the only leader, so its state would be lost; destroy the cluster and launch it again instead'
  const others = seen.filter(node => node.leads && node.name !== name)
  const ill = others.flatMap(node => {
    const why = whyUnhealthy(node, expected)
    return why === undefined ? [] : [`${node.name} ${why}`]
  })
  const well = others.length - ill.length
  if (well >= quorum) return whyConsulNot(name, seen, quorum)
  return (
    `only ${well} of the other ${others.length} leaders are healthy (${ill.join(', ')}), but the quorum is ${quorum}; ` +
    'first launch the missing leaders: npm run launch'
  )
}

/** The number of leaders that take part in every quorum. */
export function healthyLeaders(seen: readonly Seen[], expected: Expected): number {
  return seen.filter(node => node.leads && whyUnhealthy(node, expected) === undefined).length
}

// A new Consul server becomes a voter only after about 10 seconds. If the others do not have a quorum of votes, no
// server can become a voter.
function whyConsulNot(name: string, seen: readonly Seen[], quorum: number): string | undefined {
  const others = seen.filter(node => node.leads && node.name !== name)
  const voters = Math.max(...others.map(({ report }) => report?.consul?.voters ?? 0))
  // A server that reports that it sees no leader is not among the voters that the others see.
  const mayVote = ({ state, report }: Seen) =>
    state === 'running' && (report === undefined || Boolean(report.consul?.leader))
  const left = seen.some(node => node.name === name && mayVote(node)) ? voters - 1 : voters
  if (left >= quorum) return undefined
  return `Consul would have ${left} of the ${quorum} voting servers that its quorum requires; a new machine becomes a voter after about 20 seconds: try again`
}

/** Why a leader does not take part in every quorum. Undefined if it does. */
export function whyUnhealthy(
  { name, report, state, reason }: Seen,
  { zookeeper, outside = [] }: Expected,
): string | undefined {
  if (state !== 'running') return reason ?? state
  if (report === undefined) return 'does not report'
  const { mode } = report.zookeeper ?? {}
  const serves = mode === 'leader' || mode === 'follower' || outside.includes(name)
  if (zookeeper && !serves) return 'is not part of the ZooKeeper quorum'
  if (!report.consul?.leader) return 'sees no Consul leader'
  return report.master?.health ? undefined : 'has no healthy master'
}
