import { endWith, print, printJson } from '../cli/main.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isUp } from '../health/gates.ts'
import { healthyLeaders } from '../health/replaceable.ts'
import { expectedOf } from '../health/seen.ts'
import type { Standing } from '../plan/status.ts'
import { exitCodeOf } from '../show/say-status.ts'
import { findEngine } from '../targets/containers/engine/engine.ts'
import { explainedLocal } from '../targets/containers/engine/explain-engine.ts'
import { type Health, healthOf } from '../targets/containers/engine/watch-health.ts'
import { loadTemplates } from '../user-data/load-templates.ts'
import { renderCluster } from '../user-data/render.ts'
import { localView } from './local-view.ts'

/** Shows what runs of a cluster in containers, and how it is. */
export async function statusLocal(
  given: { readonly engine: string | undefined; readonly json: boolean },
  cluster: Cluster,
): Promise<void> {
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const engine = await findEngine(given.engine)
  const health = await explainedLocal(healthOf(engine, cluster))
  const view = localView(cluster, userData, health)
  const standing = standingIn(cluster, health)
  if (given.json) printJson({ ...view.json, standing })
  else print(view.text)
  endWith(exitCodeOf[standing])
}

function standingIn(cluster: Cluster, { seen, gates }: Health): Standing {
  if (healthyLeaders(seen, expectedOf(cluster, 0)) < cluster.quorum) return 'without quorum'
  return isUp(gates) ? 'whole' : 'incomplete'
}
