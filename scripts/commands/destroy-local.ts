import type { Cluster } from '../cluster/cluster.ts'
import { destroyLocally } from '../local/apply.ts'
import { findEngine } from '../local/engine.ts'
import { explainedLocal, explainLocal } from '../local/explain.ts'
import { observeLocal } from '../local/observe.ts'
import { planLocalDestroy } from '../plan/local/destroy.ts'
import type { Given } from '../terminal/options.ts'
import { textOf } from '../terminal/options.ts'
import { destroyShown } from './destroy-shown.ts'

/** Deletes the containers and the network of a cluster on this machine. */
export async function destroyLocal(given: Given, cluster: Cluster): Promise<void> {
  const engine = await findEngine(textOf(given, 'engine'))
  const steps = planLocalDestroy(await explainedLocal(observeLocal(engine, cluster.name)))
  await destroyShown(given, cluster.name, {
    steps,
    place: `on this machine, with ${engine.name}`,
    act: destroyLocally(engine),
    explain: explainLocal,
  })
}
