import type { Cluster } from '../cluster/cluster.ts'
import { loadTemplates } from '../library/templates.ts'
import { findEngine } from '../local/engine.ts'
import { explainedLocal } from '../local/explain.ts'
import { healthOf } from '../local/health.ts'
import { print, printJson } from '../terminal/main.ts'
import { type Given, textOf } from '../terminal/options.ts'
import { renderCluster } from '../user-data/render.ts'
import { localView } from './local-view.ts'

/** Shows what runs of a cluster in containers, and how it is. */
export async function statusLocal(given: Given, cluster: Cluster): Promise<void> {
  const userData = new Map(renderCluster(loadTemplates(), cluster).map(one => [one.name, one]))
  const engine = await findEngine(textOf(given, 'engine'))
  const view = localView(cluster, userData, await explainedLocal(healthOf(engine, cluster)))
  if (given.json === true) printJson(view.json)
  else print(view.text)
}
