import type { Expected, Seen } from './seen.ts'

/**
 * Why a leader must not be taken away now, or nothing: without it, the others must still hold every quorum. A
 * replacement begins on an empty disk and gets everything from them.
 */
export function whyNotReplace(name: string, seen: readonly Seen[], expected: Expected): string | undefined {
  const { leaders, quorum } = expected
  if (leaders === 1) return 'is the only leader, whose state would be lost; destroy the cluster and launch it'
  const others = seen.filter(node => node.leads && node.name !== name)
  const ill = others.flatMap(node => {
    const why = ailmentOf(node, expected)
    return why === undefined ? [] : [`${node.name} ${why}`]
  })
  const well = others.length - ill.length
  if (well >= quorum) return undefined
  return (
    `only ${well} of the other ${others.length} leaders are well (${ill.join(', ')}), the quorum is ${quorum}; ` +
    'bring them back first: npm run launch'
  )
}

function ailmentOf({ report, state, reason }: Seen, { zookeeper }: Expected): string | undefined {
  if (state !== 'running') return reason ?? state
  if (report === undefined) return 'reports nothing'
  const { mode } = report.zookeeper ?? {}
  if (zookeeper && mode !== 'leader' && mode !== 'follower') return 'is not in the quorum of ZooKeeper'
  if (!report.consul?.leader) return 'knows of no leader of Consul'
  return report.master?.health ? undefined : 'has no healthy master'
}
