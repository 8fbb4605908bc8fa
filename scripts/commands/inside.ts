import { type Called, Misused } from '../cli/options.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { didYouMean } from '../inventory/nearest.ts'
import { Refused } from '../inventory/problems.ts'
import type { Container } from '../targets/containers/container.ts'
import { type Engine, findEngine } from '../targets/containers/engine/engine.ts'
import { explainedLocal } from '../targets/containers/engine/explain-engine.ts'
import { observeContainers } from '../targets/containers/engine/observe.ts'

/** A running container that was asked for by the name of its node, and the engine that runs it. */
export interface Inside {
  readonly engine: Engine
  readonly container: Container
}

interface InsideOptions extends Called {
  readonly node: string
  readonly engine: string | undefined
}

/**
 * Finds the container of `--node`.
 *
 * @throws Misused for a target that has no containers; Refused when it isn't there
 */
export async function findInside(given: InsideOptions, cluster: Cluster): Promise<Inside> {
  const { node: name } = given
  if (cluster.target !== 'local') {
    throw new Misused(`${given.call.name} works with --target local only`)
  }
  const engine = await findEngine(given.engine)
  const containers = await explainedLocal(observeContainers(engine, cluster.name))
  const container = containers.find(one => one.name === name)
  if (container?.state === 'running') return { engine, container }
  throw new Refused([{ path: '--node', message: whyNot(name, container, containers) }])
}

function whyNot(name: string, there: Container | undefined, all: readonly Container[]): string {
  if (there !== undefined) return `${name} is ${there.reason ?? there.state}; npm run launch starts it again`
  if (all.length === 0) return 'nothing of this cluster runs here; npm run launch -- --target local'
  const names = all.map(container => container.name)
  return `no node is named ${name}${didYouMean(name, names) || `; there are ${names.slice(0, 10).join(', ')}`}`
}
