import type { ActualMachines, ActualPool, MachineState, SeatMachine } from '../ec2/actual.ts'

/** What the container engine says is there, found by the label of the cluster. */
export interface LocalActual {
  readonly network: LocalNetwork | undefined
  readonly containers: readonly Container[]
  /** Names of containers and networks that carry no label of this cluster. */
  readonly foreign: readonly string[]
  /** The IPv4 subnets that this machine uses already, such as `10.88.0.0/16`. */
  readonly subnets: readonly string[]
}

export interface LocalNetwork {
  readonly name: string
  readonly subnet: string
}

/** A container that is, or was, a machine of the cluster. */
export interface Container {
  readonly id: string
  readonly name: string
  readonly group: string
  /** The seat of a leader; nothing for a follower. */
  readonly seat: number | undefined
  readonly leaders: number | undefined
  readonly state: MachineState
  /** The image that it was started from, by a name that names its content. */
  readonly image: string
  /** sha256 of its user-data. */
  readonly userData: string | undefined
  readonly address: string | undefined
  /** Where this machine reaches a port of it: `5050` at `127.0.0.1:41234`. */
  readonly published: Readonly<Record<string, string>>
  /** Why it is in this state, in the engine's words. */
  readonly reason: string | undefined
}

/** An engine that has nothing of the cluster. */
export const nothingLocal: LocalActual = { network: undefined, containers: [], foreign: [], subnets: [] }

/** The followers of a cluster, those with lower numbers first. */
export function followersOf(containers: readonly Container[], group: string): readonly Container[] {
  return containers
    .filter(container => container.seat === undefined && container.group === group)
    .sort((a, b) => numberOf(a.name) - numberOf(b.name))
}

/** The number at the end of a follower's name. */
export function numberOf(name: string): number {
  return Number(/-(\d+)$/.exec(name)?.[1])
}

/** The same as the machines and pools that every target has. */
export function asMachines(cluster: string, containers: readonly Container[]): ActualMachines {
  const groups = new Set(containers.filter(({ seat }) => seat === undefined).map(({ group }) => group))
  return {
    machines: containers.flatMap(container =>
      container.seat === undefined ? [] : [asSeat(container, container.seat)],
    ),
    pools: [...groups].map(group => asPool(`${cluster}-${group}`, group, followersOf(containers, group))),
  }
}

function asSeat(container: Container, seat: number): SeatMachine {
  const { id, leaders, state, image, userData, address, reason } = container
  return { id, seat, leaders, state, image, userData, address, reason, instanceType: '', zone: undefined }
}

function asPool(name: string, group: string, containers: readonly Container[]): ActualPool {
  return {
    name,
    group,
    min: containers.length,
    max: containers.length,
    desired: containers.length,
    subnets: [],
    template: undefined,
    tags: {},
    going: false,
    machines: containers.map(({ id, state }) => ({
      id,
      inService: state === 'running',
      templateVersion: undefined,
      zone: undefined,
    })),
  }
}
