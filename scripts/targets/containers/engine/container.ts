import { createHash } from 'node:crypto'
import type { Cluster } from '../../../cluster/cluster.ts'
import { groupName } from '../../../cluster/names.ts'
import type { DrainSettings } from '../../../inventory/drain-settings.ts'
import type { MachineState } from '../../../plan/machines.ts'
import type { Booted } from '../../../plan/user-data-diff.ts'
import type { Bundles } from '../../../secrets/secret-set.ts'
import type { UserData } from '../../../user-data/render.ts'
import { type Container, type LaunchContainer, label, type RestartContainer } from '../container.ts'
import { hardwareAddress } from '../network.ts'
import { machineFlags } from './dialect.ts'
import { call, type Engine, EngineFailed, tryCall, unlessGone } from './engine.ts'
import { plantSeed, readSeed, replaceUserData, seedOf } from './nocloud-seed.ts'

/** What the steps of a launch operate on. */
export interface EngineGround {
  readonly engine: Engine
  /** The name of the cluster. */
  readonly cluster: string
  readonly drain: DrainSettings
  readonly userData: ReadonlyMap<string, UserData>
  readonly bundles: Bundles | undefined
}

/** Observes the containers of a cluster, seats first. */
export async function observeContainers(engine: Engine, cluster: string): Promise<readonly Container[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inspectAll(engine, cluster)
    } catch (error) {
      // A container may be removed between the list and the inspect call.
      if (!(error instanceof EngineFailed) || attempt === 3) throw error
    }
  }
}

async function inspectAll(engine: Engine, cluster: string): Promise<readonly Container[]> {
  const filter = `label=${label.cluster}=${cluster}`
  const ids = await call(engine, 'ps', '--all', '--quiet', '--no-trunc', '--filter', filter)
  if (ids === '') return []
  const inspected = JSON.parse(await call(engine, 'inspect', '--type=container', ...ids.split('\n')))
  const containers = await Promise.all((inspected as Inspected[]).map(one => withUserData(engine, one)))
  return containers.sort((a, b) => (a.seat ?? 1_000) - (b.seat ?? 1_000) || a.name.localeCompare(b.name))
}

/** The part of the engine's output that we read, which is the same for Podman and Docker. */
interface Inspected {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly State: {
    readonly Status: string
    readonly ExitCode: number
    readonly Error?: string
    readonly StartedAt?: string
  }
  readonly Config: { readonly Labels: Readonly<Record<string, string>> }
  readonly NetworkSettings: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null
    readonly Ports?: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>> | null
  }
}

/** How long after its creation a container that was never restarted has been started, in milliseconds. */
const firstStart = 10_000

/**
 * A container. Its labels describe the user data of its creation. Once the container of a leader is restarted, its seed may
 * have other user data.
 */
async function withUserData(engine: Engine, inspected: Inspected): Promise<Container> {
  const container = toContainer(inspected)
  const { Created, State } = inspected
  const isFirst = Date.parse(State.StartedAt ?? Created) - Date.parse(Created) < firstStart
  if (isFirst || container.seat === undefined) return container
  const text = await readSeed(engine, container.id)
  if (text === undefined) return container
  const userData = createHash('sha256').update(text).digest('hex')
  const leaders = /"bootstrap_expect": (\d+)/.exec(text)?.[1]
  return { ...container, userData, leaders: leaders === undefined ? container.leaders : Number(leaders) }
}

function toContainer({ Id, Name, State, Config: { Labels }, NetworkSettings }: Inspected): Container {
  const [network] = Object.values(NetworkSettings.Networks ?? {})
  const ports = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, hosts]) => {
    const host = hosts?.[0]
    return host === undefined ? [] : [[port.replace('/tcp', ''), `${host.HostIp}:${host.HostPort}`]]
  })
  const seat = Labels[label.seat]
  const leaders = Labels[label.leaders]
  return {
    id: Id.slice(0, 12),
    name: Name.replace(/^\//, ''),
    group: Labels[label.group] ?? '',
    seat: seat === undefined ? undefined : Number(seat),
    leaders: leaders === undefined ? undefined : Number(leaders),
    state: stateOf(State.Status),
    image: Labels[label.startedFrom] ?? '',
    userData: Labels[label.userData],
    secrets: Labels[label.secrets],
    ...(label.canary in Labels && { canary: true }),
    address: network?.IPAddress || Labels[label.address],
    published: Object.fromEntries(ports),
    reason: reasonOf(State),
  }
}

// A container that was created but never started holds no seat: its seed may be missing, and it has never run.
const states: Readonly<Record<string, MachineState>> = {
  created: 'terminated',
  configured: 'terminated',
  initialized: 'pending',
  running: 'running',
  paused: 'running',
  restarting: 'running',
  stopping: 'shutting-down',
  removing: 'shutting-down',
}

function stateOf(status: string): MachineState {
  return states[status] ?? 'stopped'
}

function reasonOf({ Status, ExitCode, Error: error }: Inspected['State']): string | undefined {
  if (Status === 'running') return undefined
  return error || `${Status}${Status === 'exited' ? ` with ${ExitCode}` : ''}`
}

/**
 * Removes the former containers first, then launches: the name of a container is that of its seat, and engines do not
 * assign a name twice. If another launch creates a container with the name in the meantime, it is the container of the
 * seat.
 */
export async function launchContainer(
  { engine, cluster, userData, bundles }: EngineGround,
  step: LaunchContainer,
): Promise<string> {
  for (const id of step.after) await removeContainer(engine, id)
  const id = await createContainer(engine, step)
  if (id === undefined) return holderOf(engine, cluster, step)
  const text = userData.get(step.node)?.text ?? ''
  const bundle = bundles?.[step.kind === 'seat' ? 'leader' : 'follower']
  try {
    await plantSeed(engine, id, { name: step.name, userData: text, join: step.join, bundle })
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
  throw new EngineFailed(
    engine.name,
    ['create'],
    `a container named ${name} already exists and does not belong to this cluster`,
  )
}

// Kills the container, because the engine would wait 10 seconds for systemd to stop all units.
export async function removeContainer(engine: Engine, id: string): Promise<void> {
  await tryCall(engine, 'kill', id)
  await unlessGone(call(engine, 'rm', '--force', '--volumes', id))
}

/** Stops a container, gives it other user data, and starts it. Its disk and its instance ID stay. */
export async function restartContainer(
  { engine, userData }: Pick<EngineGround, 'engine' | 'userData'>,
  { target, node }: RestartContainer,
): Promise<string> {
  await call(engine, 'stop', '--time', '60', target)
  await replaceUserData(engine, target, userData.get(node)?.text ?? '')
  await call(engine, 'start', target)
  return target
}

/** The user data of every running container. */
export async function observeUserData(engine: Engine, cluster: Cluster): Promise<readonly Booted[]> {
  const running = (await observeContainers(engine, cluster.name)).filter(({ state }) => state === 'running')
  return Promise.all(
    running.map(async ({ name, seat, group }) => {
      const data = await call(engine, 'exec', name, 'base64', '--wrap=0', seedOf('user-data'))
      const node = cluster.seats.find(one => one.seat === seat)?.name ?? groupName(cluster.name, group)
      return { node, holder: name, text: Buffer.from(data, 'base64').toString() }
    }),
  )
}
