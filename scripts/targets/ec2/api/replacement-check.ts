import type { Cluster } from '../../../cluster/cluster.ts'
import { whyNotReplace } from '../../../health/replaceable.ts'
import { expectedOf } from '../../../health/seen.ts'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import type { Aws } from './connect.ts'
import { listen } from './consoles.ts'
import { observeMachines } from './survey.ts'

/** For how long the result of a check counts, in milliseconds. */
const checkCounts = 30_000

/**
 * Checks that a leader may be replaced, by reports that are written after the call. Repeated only if the last check is
 * no longer recent: the user may take some time to confirm.
 */
export function replacementCheck(
  aws: Aws,
  cluster: Cluster,
  node: string,
  keepDisk: boolean,
): () => Promise<void> {
  let checkedAt = Number.NEGATIVE_INFINITY
  return async () => {
    const isLeader = cluster.seats.some(({ name }) => name === node)
    if (!isLeader || aws.clock.now() - checkedAt < checkCounts) return
    const { health } = await listen(aws, cluster, await observeMachines(aws, cluster.name), true)
    const why = whyNotReplace(node, health.seen, expectedOf(cluster, 0), keepDisk)
    if (why !== undefined) throw new Refused([{ path: Path.outside(node), message: why }])
    checkedAt = aws.clock.now()
  }
}
