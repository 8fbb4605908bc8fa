import type { Act } from '../../../plan/run.ts'
import type { Material } from '../container.ts'
import type { ContainerRemoval, ContainerStep } from '../plan.ts'
import { type EngineGround, launchContainer, removeContainer, restartContainer } from './container.ts'
import { drainFollower } from './drain.ts'
import { call, type Engine } from './engine.ts'
import { makeNetwork, removeNetwork } from './network.ts'

/** What the steps for a cluster operate on. */
export function groundOf(
  engine: Engine,
  { cluster, userData, bundles }: Pick<Material, 'cluster' | 'userData' | 'bundles'>,
): EngineGround {
  return { engine, cluster: cluster.name, drain: cluster.drain, userData, bundles }
}

/** Carries out each step of a launch with containers. */
export function launcher(ground: EngineGround): Act<ContainerStep> {
  const { engine, cluster } = ground
  return async step => {
    switch (step.action) {
      case 'create':
        return makeNetwork(engine, cluster, step)
      case 'start':
        await call(engine, 'start', step.target)
        return step.target
      case 'update':
        return restartContainer(ground, step)
      case 'delete':
        if (step.kind === 'follower') await drainFollower(ground, step.target)
        return remover(engine)(step, new Map())
      case 'launch':
      case 'replace':
        if (step.kind === 'follower') await Promise.all(step.after.map(id => drainFollower(ground, id)))
        return launchContainer(ground, step)
    }
  }
}

/** Carries out each step of a destroy with containers. */
export function remover(engine: Engine): Act<ContainerRemoval> {
  return async ({ kind, target }) => {
    if (kind === 'network') await removeNetwork(engine, target)
    else await removeContainer(engine, target)
    return target
  }
}
