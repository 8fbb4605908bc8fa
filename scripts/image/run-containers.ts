import { type Ran, runProgram } from '../programs/run-program.ts'
import type { Engine } from '../targets/containers/engine/engine.ts'
import type { Bakery } from './bakery.ts'
import { forgetRuns, overRuns } from './runs.ts'

/** What a container that bakes carries: the name of its run. */
export const runLabel = 'mesos-bakery.run'

/** Runs the container engine to its end. */
export function runEngine({ env }: Bakery, { name }: Engine, ...args: readonly string[]): Promise<Ran> {
  return runProgram(name, args, { env })
}

/** Removes the containers that killed bakes have left. */
export async function removeLeftContainers(bakery: Bakery, engine: Engine): Promise<void> {
  const over = overRuns(bakery, new Date())
  const removed = await removeContainers(bakery, engine, over)
  forgetRuns(bakery, removed)
  if (removed.length > 0) bakery.tell(`removed what a killed bake has left, containers: ${removed.length}`)
}

/** Removes the containers of some runs. @returns the runs of which there were any */
export async function removeContainers(bakery: Bakery, engine: Engine, isOver: (run: string) => boolean) {
  // podman prints labels as map[name:value …], docker as name=value,…
  const list = [
    'ps',
    '--all',
    '--no-trunc',
    '--filter',
    `label=${runLabel}`,
    '--format',
    '{{.ID}} {{.Labels}}',
  ]
  const { stdout } = await runEngine(bakery, engine, ...list)
  const left = [...stdout.matchAll(/^(\w+) .*\bmesos-bakery\.run[:=]([\w-]+)/gm)]
    .map(([, id = '', run = '']) => [id, run])
    .filter(([, run = '']) => isOver(run))
  // podman gives a container ten seconds to stop, docker none.
  const atOnce = engine.name === 'podman' ? ['--time=0'] : []
  for (const [id = ''] of left) await runEngine(bakery, engine, 'rm', '--force', ...atOnce, '--volumes', id)
  return left.map(([, run = '']) => run)
}
