import type { Cluster, Node, Pool, Seat } from '../../cluster/cluster.ts'
import { type ActualMachines, holdsSeat, type MachineState } from '../../plan/machines.ts'
import { type Removal, removal, type Step } from '../../plan/step.ts'
import type { Bundles } from '../../secrets/secret-set.ts'
import type { UserData } from '../../user-data/render.ts'
import { joinAddresses, networkName, seatAddress } from './network.ts'

/** A container that is, or was, a machine of the cluster. */
export interface Container {
  readonly id: string
  readonly name: string
  readonly group: string
  /** The seat of a leader. Undefined for a follower. */
  readonly seat: number | undefined
  readonly leaders: number | undefined
  readonly state: MachineState
  /** The image that it was started from, by a name that identifies the content. */
  readonly image: string
  /** The SHA-256 of its user data. */
  readonly userData: string | undefined
  /** The reference to the secrets that it was given. */
  readonly secrets?: string | undefined
  /** Whether it was started to prove new settings. */
  readonly canary?: boolean
  readonly address: string | undefined
  /** The published ports, with the address on this machine: `5050` at `127.0.0.1:41234`. */
  readonly published: Readonly<Record<string, string>>
  /** The reason for its state, in the words of the engine. */
  readonly reason: string | undefined
}

/** The labels that identify the containers and networks of a cluster, like the tags of EC2 instances. */
export const label = {
  cluster: 'mesos-bakery.cluster',
  group: 'mesos-bakery.group',
  seat: 'mesos-bakery.seat',
  leaders: 'mesos-bakery.leaders',
  userData: 'mesos-bakery.user-data',
  address: 'mesos-bakery.address',
  /** The reference to the secrets that the container was given. */
  secrets: 'mesos-bakery.secrets',
  /** On a follower that proves new settings. */
  canary: 'mesos-bakery.canary',
  /** The image that a container was started from. The image has a label of its own with a different name. */
  startedFrom: 'mesos-bakery.started-from',
} as const

/** Creates and starts a container, and removes containers that have its name or hold its seat. */
export interface LaunchContainer extends Step {
  /** `replace` if a container with its name is out of date. */
  readonly action: 'launch' | 'replace'
  readonly kind: 'seat' | 'follower'
  readonly group: string
  readonly seat: number | undefined
  readonly image: string
  readonly network: string
  readonly address: string
  readonly userData: Pick<UserData, 'bytes' | 'sha256'>
  /** The name of the user data: that of a seat, or that of its pool. */
  readonly node: string
  /** The addresses at which Consul looks for servers. */
  readonly join: readonly string[]
  /** The ports to publish on this machine. */
  readonly ports: readonly number[]
  readonly labels: Readonly<Record<string, string>>
  /** Containers that are removed before the new one is created. */
  readonly after: readonly string[]
  readonly reasons: readonly string[]
}

/** Starts a stopped container, with its existing disk. */
export interface StartContainer extends Step {
  readonly action: 'start'
  readonly kind: 'seat' | 'follower'
  readonly target: string
}

/** Restarts the container of a leader with other user data. The container keeps its disk and its address. */
export interface RestartContainer extends Step {
  readonly action: 'update'
  readonly kind: 'seat'
  readonly target: string
  readonly node: string
  readonly userData: Pick<UserData, 'bytes' | 'sha256'>
}

/** What every container of a plan is created from. */
export interface Material {
  readonly cluster: Cluster
  readonly userData: ReadonlyMap<string, UserData>
  /** The image, by a name that identifies the content. */
  readonly image: string
  /** The secrets that each role receives. Undefined for a cluster without secrets, and where nothing is launched. */
  readonly bundles?: Bundles | undefined
}

/** The network settings of a new container, and what it depends on. */
export interface Place {
  readonly subnet: string
  /** The steps that must be done first. */
  readonly needs: readonly Step[]
  /** The containers that it replaces. */
  readonly instead: readonly Container[]
}

/** The step that launches the container of a seat. The address belongs to the seat, so replacements keep it. */
export function launchSeat(material: Material, seat: Seat, place: Place): LaunchContainer {
  const { values } = seat
  return launch(material, seat, {
    ...place,
    name: seat.name,
    address: seatAddress(place.subnet, seat.seat),
    ports: [values.mesos_leader_port, ...(values.marathon_enabled ? [values.marathon_http_port] : [])],
    reasons: [],
  })
}

/** The step that launches a follower of a pool. */
export function launchFollower(
  material: Material,
  node: Node,
  place: Place & Pick<LaunchContainer, 'name' | 'address' | 'reasons'>,
): LaunchContainer {
  return launch(material, node, { ...place, ports: [] })
}

function launch(
  { cluster, userData, image }: Material,
  node: Node,
  {
    name,
    address,
    subnet,
    needs,
    instead,
    ports,
    reasons,
  }: Place & Pick<LaunchContainer, 'name' | 'address' | 'ports' | 'reasons'>,
): LaunchContainer {
  const kind = node.kind === 'seat' ? 'seat' : 'follower'
  const seat = node.kind === 'seat' ? node.seat : undefined
  const { bytes = 0, sha256 = '' } = userData.get(node.name) ?? {}
  const after = instead.map(({ id }) => id)
  const replaces = instead.some(holdsSeat)
  const detail = [
    `${address}, ${image}`,
    after.length === 0 ? '' : `replaces ${after.join(', ')}`,
    ...reasons,
  ]
  return {
    id: `${kind} ${name}`,
    needs: needs.map(({ id }) => id),
    kind,
    seat,
    ports,
    action: replaces ? 'replace' : 'launch',
    name,
    group: node.group,
    image,
    network: networkName(cluster.name),
    address,
    node: node.name,
    join: joinAddresses(subnet, cluster.seats.length),
    labels: labelsOf(cluster, node, { image, sha256, address }),
    userData: { bytes, sha256 },
    after,
    reasons,
    says: {
      sign: replaces ? '~' : '+',
      title: seat === undefined ? kind : `seat ${seat}`,
      detail: detail.filter(part => part !== '').join(', '),
    },
  }
}

function labelsOf(
  cluster: Cluster,
  node: Node,
  made: { readonly image: string; readonly sha256: string; readonly address: string },
): LaunchContainer['labels'] {
  return {
    ...cluster.tags,
    [label.cluster]: cluster.name,
    [label.group]: node.group,
    [label.userData]: made.sha256,
    [label.startedFrom]: made.image,
    ...(node.kind === 'seat' && {
      [label.seat]: String(node.seat),
      [label.leaders]: String(cluster.seats.length),
    }),
    [label.address]: made.address,
    ...(cluster.secrets !== undefined && { [label.secrets]: cluster.secrets }),
  }
}

/** The step that starts a stopped container. */
export function startContainer({ id, name, seat }: Container): StartContainer {
  const kind = kindOf({ seat })
  const says = { sign: '~', title: kind, detail: 'start again, with its data' } as const
  return { id: `${kind} ${name}`, needs: [], action: 'start', kind, name, target: id, says }
}

/** The step that restarts the container of a leader with the user data of the inventory. */
export function restartContainer({ userData }: Material, { id, name }: Container): RestartContainer {
  const { bytes = 0, sha256 = '' } = userData.get(name) ?? {}
  const says = {
    sign: '~',
    title: 'seat',
    detail: 'stop and start with new user data, keeping the disk',
  } as const
  const step = { needs: [], action: 'update', kind: 'seat', name, target: id, node: name } as const
  return { id: `seat ${name}`, ...step, userData: { bytes, sha256 }, says }
}

/** The step that deletes a container. */
export function deleteContainer(container: Container): Removal<'seat' | 'follower'> {
  const { id, name } = container
  return removal(kindOf(container), name, id, [])
}

function kindOf({ seat }: Pick<Container, 'seat'>): 'seat' | 'follower' {
  return seat === undefined ? 'follower' : 'seat'
}

/** What is out of date in a container. */
export function reasonsOf(
  { userData, image }: Material,
  node: string,
  container: Container,
): readonly string[] {
  return [
    container.userData === userData.get(node)?.sha256 ? '' : 'different user data',
    container.image === image ? '' : `image ${tagOf(container.image)} → ${tagOf(image)}`,
  ].filter(reason => reason !== '')
}

function tagOf(image: string): string {
  return image.replace(/^.*[/:](?=[^:/]+$)/, '')
}

/** The followers of a cluster, sorted by number. */
export function followersOf(containers: readonly Container[], group: string): readonly Container[] {
  return containers
    .filter(container => container.seat === undefined && container.group === group)
    .sort((a, b) => numberOf(a.name) - numberOf(b.name))
}

/**
 * The numbers of the followers that a pool has or is to have: those that exist, and the lowest free ones until the pool
 * has its size.
 */
export function followerNumbers(containers: readonly Container[], { group, min }: Pool): readonly number[] {
  const present = followersOf(containers, group).map(({ name }) => numberOf(name))
  const free = Array.from({ length: min }, (_, index) => index + 1).filter(one => !present.includes(one))
  return [...present, ...free.slice(0, Math.max(0, min - present.length))].sort((a, b) => a - b)
}

/** The number at the end of a follower's name. */
export function numberOf(name: string): number {
  return Number(/-(\d+)$/.exec(name)?.[1])
}

/** Converts containers to the machines and pools that all targets use. */
export function asMachines(cluster: string, containers: readonly Container[]): ActualMachines {
  const groups = new Set(containers.filter(({ seat }) => seat === undefined).map(({ group }) => group))
  return {
    machines: containers.flatMap(container =>
      container.seat === undefined ? [] : [{ ...container, seat: container.seat }],
    ),
    pools: [...groups].map(group => {
      const machines = followersOf(containers, group)
      const size = machines.length
      return {
        name: `${cluster}-${group}`,
        group,
        min: size,
        max: size,
        desired: size,
        going: false,
        machines: machines.map(({ id, state }) => ({ id, inService: state === 'running' })),
      }
    }),
  }
}
