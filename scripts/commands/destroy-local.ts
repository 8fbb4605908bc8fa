import type { Cluster } from '../cluster/cluster.ts'
import { planLocalDestroy } from '../targets/containers/destroy-containers.ts'
import { destroyLocally } from '../targets/containers/engine/apply.ts'
import { findEngine } from '../targets/containers/engine/engine.ts'
import { explainedLocal, explainLocal } from '../targets/containers/engine/explain-engine.ts'
import { observeLocal } from '../targets/containers/engine/observe.ts'
import { type DestroyOptions, destroyShown } from './destroy-shown.ts'

/** Deletes the containers and the network of a cluster on this machine. */
export async function destroyLocal(
  given: DestroyOptions & { readonly engine: string | undefined },
  cluster: Cluster,
): Promise<void> {
  const engine = await findEngine(given.engine)
  const steps = planLocalDestroy(await explainedLocal(observeLocal(engine, cluster.name)))
  await destroyShown(given, cluster.name, {
    steps,
    place: `on this machine, with ${engine.name}`,
    act: destroyLocally(engine),
    explain: explainLocal,
  })
}
