import type { MachineState } from '../../ec2/actual.ts'
import type { Container, LocalActual } from '../container.ts'
import { label } from '../labels.ts'
import { call, type Engine, EngineFailed } from './engine.ts'
import { hostSubnets, observeNetworks } from './network.ts'

/** Looks at everything that carries a cluster's label, and at the names and subnets that others have taken. */
export async function observeLocal(engine: Engine, cluster: string): Promise<LocalActual> {
  const [containers, names, networks] = await Promise.all([
    observeContainers(engine, cluster),
    call(engine, 'ps', '--all', '--format', '{{.Names}}'),
    observeNetworks(engine),
  ])
  const own = networks.find(({ labels }) => labels[label.cluster] === cluster)
  const ours = new Set([own?.name, ...containers.map(({ name }) => name)])
  const taken = [...names.split('\n'), ...networks.map(({ name }) => name)]
  return {
    network: own === undefined ? undefined : { name: own.name, subnet: own.subnets[0] ?? '' },
    containers,
    foreign: taken.filter(name => name !== '' && !ours.has(name)),
    subnets: [...networks.flatMap(({ subnets }) => subnets), ...hostSubnets()],
  }
}

/** Looks at the containers of a cluster, seats first. */
export async function observeContainers(engine: Engine, cluster: string): Promise<readonly Container[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inspectAll(engine, cluster)
    } catch (error) {
      // One that was listed may be gone when it is looked at.
      if (!(error instanceof EngineFailed) || attempt === 3) throw error
    }
  }
}

async function inspectAll(engine: Engine, cluster: string): Promise<readonly Container[]> {
  const filter = `label=${label.cluster}=${cluster}`
  const ids = await call(engine, 'ps', '--all', '--quiet', '--no-trunc', '--filter', filter)
  if (ids === '') return []
  const inspected = JSON.parse(await call(engine, 'inspect', '--type=container', ...ids.split('\n')))
  return (inspected as Inspected[])
    .map(toContainer)
    .sort((a, b) => (a.seat ?? 1_000) - (b.seat ?? 1_000) || a.name.localeCompare(b.name))
}

/** The part of an engine's answer that we read; podman's and docker's are alike in it. */
interface Inspected {
  readonly Id: string
  readonly Name: string
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly Error?: string }
  readonly Config: { readonly Labels: Readonly<Record<string, string>> }
  readonly NetworkSettings: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null
    readonly Ports?: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>> | null
  }
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
    address: network?.IPAddress || Labels[label.address],
    published: Object.fromEntries(ports),
    reason: reasonOf(State),
  }
}

// A container that was made and never started holds nothing: it has no seed for certain, and never ran.
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
