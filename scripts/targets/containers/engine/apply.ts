import type { Act } from '../../../plan/run.ts'
import type { UserData } from '../../../user-data/render.ts'
import type { LaunchContainer, LocalRemoval, LocalStep } from '../container-step.ts'
import { label } from '../labels.ts'
import { gatewayOf, hardwareAddress } from '../network.ts'
import { machineFlags, networkFlags } from './dialect.ts'
import { call, type Engine, EngineFailed, tryCall } from './engine.ts'
import { observeContainers } from './observe.ts'
import { plantSeed } from './plant-seed.ts'

/** What the steps of a launch act on. */
export interface LocalGround {
  readonly engine: Engine
  readonly cluster: string
  readonly userData: ReadonlyMap<string, UserData>
}

/** How each step of a launch is done with containers. */
export function launchLocally(ground: LocalGround): Act<LocalStep> {
  const { engine, cluster } = ground
  return async step => {
    switch (step.action) {
      case 'create':
        await createNetwork(engine, cluster, step)
        return step.subnet
      case 'start':
        await call(engine, 'start', step.target)
        return step.target
      case 'delete':
        await removeContainer(engine, step.target)
        return step.target
      case 'launch':
      case 'replace':
        return launchContainer(ground, step)
    }
  }
}

/** How each step of a destroy is done with containers. */
export function destroyLocally(engine: Engine): Act<LocalRemoval> {
  return async ({ kind, target }) => {
    if (kind === 'network') await unlessGone(call(engine, 'network', 'rm', target))
    else await removeContainer(engine, target)
    return target
  }
}

async function createNetwork(
  engine: Engine,
  cluster: string,
  { name, subnet }: { readonly name: string; readonly subnet: string },
): Promise<void> {
  const place = ['--subnet', subnet, '--gateway', gatewayOf(subnet)]
  const flags = [...networkFlags(engine.name), ...place, '--label', `${label.cluster}=${cluster}`]
  await call(engine, 'network', 'create', ...flags, name)
}

/**
 * Terminates first, then launches: the name of a container is its seat, and no engine gives a name twice.
 * A container of the name that somebody else made in the meantime is taken for what it is: the seat's.
 */
async function launchContainer(
  { engine, cluster, userData }: LocalGround,
  step: LaunchContainer,
): Promise<string> {
  for (const id of step.after) await removeContainer(engine, id)
  const id = await createContainer(engine, step)
  if (id === undefined) return holderOf(engine, cluster, step)
  const text = userData.get(step.node)?.text ?? ''
  try {
    await plantSeed(engine, id, { name: step.name, userData: text, join: step.join })
    await call(engine, 'start', id)
  } catch (error) {
    await tryCall(engine, 'rm', '--force', '--volumes', id)
    throw error
  }
  return id.slice(0, 12)
}

async function createContainer(engine: Engine, step: LaunchContainer): Promise<string | undefined> {
  const { name, network, address, ports, labels, image } = step
  try {
    return await call(
      engine,
      'create',
      ...machineFlags(engine.name),
      ...['--name', name, '--hostname', name.replaceAll('_', '-'), '--network', network, '--ip', address],
      ...['--mac-address', hardwareAddress(address)],
      '--pull=never',
      ...ports.flatMap(port => ['--publish', `127.0.0.1::${port}`]),
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      image,
    )
  } catch (error) {
    if (error instanceof EngineFailed && /name .*already in use/.test(error.said)) return undefined
    throw error
  }
}

async function holderOf(engine: Engine, cluster: string, { name }: LaunchContainer): Promise<string> {
  const present = (await observeContainers(engine, cluster)).find(container => container.name === name)
  if (present !== undefined) return present.id
  throw new EngineFailed(engine.name, ['create'], `${name} is the name of somebody else's container`)
}

// Killed first: an engine would wait ten seconds for systemd to stop everything in order.
async function removeContainer(engine: Engine, id: string): Promise<void> {
  await tryCall(engine, 'kill', id)
  await unlessGone(call(engine, 'rm', '--force', '--volumes', id))
}

async function unlessGone(removal: Promise<string>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!(error instanceof EngineFailed) || !/no such|not found/i.test(error.said)) throw error
  }
}
