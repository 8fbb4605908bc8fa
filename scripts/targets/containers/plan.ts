import type { Pool } from '../../cluster/cluster.ts'
import { Path } from '../../inventory/problem-path.ts'
import { orRefuse, type Problem } from '../../inventory/problems.ts'
import { holdsSeat } from '../../plan/machines.ts'
import { leadersStayAsMany, seatsAreHeldOnce } from '../../plan/obstacles.ts'
import { type OutOfDate, type Plan, type Removal, removal } from '../../plan/step.ts'
import type { Held } from '../../roll/held.ts'
import type { Resize } from '../../roll/observed.ts'
import {
  asMachines,
  type Container,
  deleteContainer,
  followerNumbers,
  followersOf,
  type LaunchContainer,
  label,
  launchFollower,
  launchSeat,
  type Material,
  numberOf,
  type RestartContainer,
  reasonsOf,
  type StartContainer,
  startContainer,
} from './container.ts'
import {
  type CreateNetwork,
  createNetwork,
  deleteNetwork,
  followerAddresses,
  freeSubnet,
  mostFollowers,
  mostLeaders,
  networkName,
} from './network.ts'

/** What exists on the container engine, found by the label of the cluster. */
export interface ActualContainers {
  readonly network: { readonly name: string; readonly subnet: string } | undefined
  readonly containers: readonly Container[]
  /** Names of containers and networks without the label of this cluster. */
  readonly foreign: readonly string[]
  /** The IPv4 subnets that this machine already uses, such as `10.88.0.0/16`. */
  readonly subnets: readonly string[]
  /** Who is rolling the cluster. */
  readonly rolling?: Held | undefined
  /** A change of the number of leaders that has not ended, with the IDs of the containers that record it. */
  readonly resizing?: (Resize & { readonly ids: readonly string[] }) | undefined
}

/** An engine without any resources of the cluster. */
export const noContainers: ActualContainers = { network: undefined, containers: [], foreign: [], subnets: [] }

/** The facts that a plan for this machine is based on. */
export interface ContainerFacts extends Material {
  readonly actual: ActualContainers
  /** Shown in every view of the cluster. */
  readonly notice?: string | undefined
  /** Whether to remove pools that the inventory does not name. */
  readonly prune?: boolean
}

/** A step on the container engine of this machine. */
export type ContainerStep =
  | CreateNetwork
  | LaunchContainer
  | StartContainer
  | RestartContainer
  | ContainerRemoval

export type ContainerRemoval = Removal<'network' | 'seat' | 'follower' | 'lock'>

/**
 * Plans the steps from the existing containers to those that the inventory describes.
 *
 * @throws Refused if a launch would break a rule, or would change something that is not ours
 */
export function planContainers(facts: ContainerFacts): Plan<ContainerStep> {
  orRefuse(facts, obstacles(facts))
  const { cluster, actual } = facts
  const subnet = actual.network?.subnet ?? freeSubnet(cluster.name, actual.subnets)
  const network = actual.network === undefined ? [createNetwork(cluster.name, subnet)] : []
  const surplus = surplusFollowers(facts)
  return {
    cluster: cluster.name,
    target: cluster.target,
    leaders: cluster.seats.length,
    quorum: cluster.quorum,
    ...(facts.notice !== undefined && { notice: facts.notice }),
    steps: [
      ...network,
      ...seatSteps(facts, subnet, network),
      ...followerSteps(facts, subnet, network),
      ...(facts.prune === true ? surplus.map(deleteFollower) : []),
    ],
    outOfDate: [...oldSeats(facts), ...oldFollowers(facts)],
    surplus: facts.prune === true ? [] : [...new Set(surplus.map(({ group }) => `${cluster.name}-${group}`))],
  }
}

/** A launch for every seat without a container, a start for every seat whose container is stopped. */
function seatSteps(
  facts: ContainerFacts,
  subnet: string,
  needs: readonly ContainerStep[],
): readonly ContainerStep[] {
  return facts.cluster.seats.flatMap((seat): readonly ContainerStep[] => {
    const instead = facts.actual.containers.filter(container => container.seat === seat.seat)
    const holder = instead.find(holdsSeat)
    if (holder?.state === 'stopped') return [startContainer(holder)]
    return holder === undefined ? [launchSeat(facts, seat, { subnet, needs, instead })] : []
  })
}

/**
 * The steps that bring each pool to its minimum size. Containers are not scaled automatically. The followers with the
 * highest numbers are removed first. Followers that are out of date are left to a rolling update.
 */
function followerSteps(
  facts: ContainerFacts,
  subnet: string,
  needs: readonly ContainerStep[],
): readonly ContainerStep[] {
  const free = followerAddresses(subnet, takenAddresses(facts.actual))
  return facts.cluster.pools.flatMap((pool, index) => {
    const before = facts.cluster.pools.slice(0, index).reduce((sum, { min }) => sum + min, 0)
    return poolSteps(facts, pool, { subnet, needs, free: free.slice(before) })
  })
}

interface PoolPlace {
  readonly subnet: string
  readonly needs: readonly ContainerStep[]
  /** Addresses, at least one for each follower of the pool. */
  readonly free: readonly string[]
}

function poolSteps(facts: ContainerFacts, pool: Pool, place: PoolPlace): readonly ContainerStep[] {
  const { subnet, needs, free } = place
  const present = followersOf(facts.actual.containers, pool.group)
  const wanted = followerNumbers(facts.actual.containers, pool).slice(0, pool.min)
  const kept = wanted.flatMap((number, index): readonly ContainerStep[] => {
    const holder = present.find(({ name }) => numberOf(name) === number)
    if (holder?.state === 'stopped') return [startContainer(holder)]
    if (holder !== undefined && holdsSeat(holder)) return []
    const instead = holder === undefined ? [] : [holder]
    const own = { name: `${pool.name}-${number}`, address: free[index] ?? '', reasons: [] }
    return [launchFollower(facts, pool, { subnet, needs, instead, ...own })]
  })
  const surplus = present.filter(({ name }) => !wanted.includes(numberOf(name)))
  return [...kept, ...surplus.map(deleteFollower)]
}

function deleteFollower(container: Container): ContainerStep {
  return { ...deleteContainer(container), id: `follower ${container.name}` }
}

/** The addresses of the containers, running or not. */
export function takenAddresses({ containers }: ActualContainers): readonly string[] {
  return containers.flatMap(({ address }) => address ?? [])
}

function oldFollowers(facts: ContainerFacts): readonly OutOfDate[] {
  return facts.cluster.pools.flatMap(pool =>
    followersOf(facts.actual.containers, pool.group)
      .map(container => ({
        name: pool.name,
        machine: container.name,
        reasons: reasonsOf(facts, pool.name, container),
        inPlace: false,
      }))
      .filter(({ reasons }) => reasons.length > 0),
  )
}

/** The containers of seats that differ from the inventory. */
export function oldSeats(facts: ContainerFacts): readonly OutOfDate[] {
  return facts.cluster.seats.flatMap(seat =>
    facts.actual.containers
      .filter(container => container.seat === seat.seat)
      .map(container => ({
        name: seat.name,
        machine: container.id,
        reasons: reasonsOf(facts, seat.name, container),
        inPlace: container.image === facts.image,
      }))
      .filter(({ reasons }) => reasons.length > 0),
  )
}

function surplusFollowers({ cluster, actual }: ContainerFacts): readonly Container[] {
  const known = new Set(cluster.pools.map(({ group }) => group))
  return actual.containers.filter(({ seat, group }) => seat === undefined && !known.has(group))
}

/** Plans the deletion of everything: first the containers, then their network. */
export function planRemoval({
  network,
  containers,
  rolling,
  resizing,
}: ActualContainers): readonly ContainerRemoval[] {
  const lock = rolling === undefined ? [] : [removal('lock', 'rolling update', rolling.id, [])]
  const machines = containers.map(container => ({
    ...deleteContainer(container),
    id: `container ${container.name} ${container.id}`,
  }))
  const records = (resizing?.ids ?? []).map(id => removal('lock', 'resize', id, []))
  const all = [...machines, ...lock, ...records]
  return network === undefined ? all : [...all, deleteNetwork(network.name, machines)]
}

/** Why nothing else can be changed while the number of leaders changes. */
export function unfinished({ from, to }: Resize): Problem {
  return {
    path: Path.root,
    message: `the cluster is being resized from ${from} to ${to} leaders, and that has not ended`,
    help: `to finish it, run npm run resize -- --leaders ${to}; to go back, run npm run resize -- --leaders ${from}`,
  }
}

/** Problems because of which a launch on this machine would break a rule, or change something that is not ours. */
function obstacles(facts: ContainerFacts): readonly Problem[] {
  const { cluster, actual } = facts
  if (actual.resizing !== undefined) return [unfinished(actual.resizing)]
  const shared = { cluster, actual: asMachines(cluster.name, actual.containers) }
  return [
    ...seatsAreHeldOnce(shared),
    ...leadersStayAsMany({ ...shared, resizes: true }),
    ...secretsStay(facts),
    ...namesAreOurs(facts),
    ...allHaveAddresses(facts),
  ]
}

/** Containers with other secrets, or without any. They could not talk to those with the secrets of the inventory. */
export function secretsStay({
  cluster,
  actual,
}: Pick<ContainerFacts, 'cluster' | 'actual'>): readonly Problem[] {
  const other = actual.containers.find(one => holdsSeat(one) && one.secrets !== cluster.secrets)
  if (other === undefined) return []
  const has = other.secrets === undefined ? 'without secrets' : `with secrets from ${other.secrets}`
  return [
    {
      path: Path.inInventory('secrets'),
      message: `cannot change while the cluster runs; ${other.name} was launched ${has}`,
      help: 'undo the change, or destroy the cluster and launch it again',
    },
  ]
}

/** Names of containers and networks that are taken. */
export function namesAreOurs({ cluster, actual }: ContainerFacts): readonly Problem[] {
  const followers = cluster.pools.flatMap(pool =>
    followerNumbers(actual.containers, pool).map(number => `${pool.name}-${number}`),
  )
  const names = [networkName(cluster.name), ...cluster.seats.map(({ name }) => name), ...followers]
  return names
    .filter(name => actual.foreign.includes(name))
    .map(name => ({
      path: Path.outside(name),
      message: `already exists without the label ${label.cluster}=${cluster.name}; remove it, or rename the cluster`,
    }))
}

/** Numbers of nodes for which the network has no addresses. */
export function allHaveAddresses({ cluster }: ContainerFacts): readonly Problem[] {
  const followers = cluster.pools.reduce((sum, { min }) => sum + min, 0)
  return [
    [cluster.seats.length, mostLeaders, 'leaders'] as const,
    [followers, mostFollowers, 'followers'] as const,
  ]
    .filter(([asked, most]) => asked > most)
    .map(([asked, most, what]) => ({
      path: Path.ofOption(`--${what}`),
      message: `at most ${most} ${what} can run on one machine, got ${asked}`,
    }))
}
