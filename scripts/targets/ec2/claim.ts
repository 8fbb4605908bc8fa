import { type Agreed, agreedOf, differencesOf } from '../../cluster/agreed.ts'
import type { Seat } from '../../cluster/cluster.ts'
import { claimName, securityGroupName } from '../../cluster/names.ts'
import { quorumOf } from '../../cluster/quorum.ts'
import { holdsSeat } from '../../plan/machines.ts'
import { removal, type Step } from '../../plan/step.ts'
import { count } from '../../plan/words.ts'
import type { Facts } from './facts.ts'
import { rolesOf } from './launch-template.ts'
import { interfaceOf, type SeatInterface } from './network-interface.ts'

/** Records what the nodes of the cluster agree on, and the network interfaces of its seats. */
export interface WriteClaim extends Step {
  readonly action: 'create' | 'update'
  readonly kind: 'claim'
  readonly agreed: Agreed
  /** The claim that this one follows. Undefined for the first claim. */
  readonly follows: Claim | undefined
  /** The existing network interfaces of the seats, by the number of the seat. */
  readonly keeps: Readonly<Record<number, string>>
  /** The seats that get a new network interface. */
  readonly seats: readonly SeatInterface[]
  /** Network interfaces that no instance may be started with any longer. */
  readonly retires: readonly string[]
  /** Leaders that were launched by an earlier release, without termination protection. */
  readonly protects: readonly string[]
}

/** Records in the claim that every seat has had an instance. */
export interface MarkFormed extends Step {
  readonly action: 'update'
  readonly kind: 'formation'
}

/**
 * What the nodes of a cluster have agreed on, and the network interface of each seat. EC2 attaches an interface to one
 * instance at a time and refuses to delete an attached interface. Therefore a seat never has two instances, and once a
 * claim has deleted the interfaces of the previous claim, no instance can be started by the previous claim.
 */
export interface Claim {
  /** The ID of the launch template that stores the claim. */
  readonly template: string
  /** The newest version of that template, which the next claim must follow. */
  readonly version: number
  readonly agreed: Agreed
  /** By the number of the seat. */
  readonly interfaces: Readonly<Record<number, string>>
  /** Interfaces of earlier claims. No instance is started before all of them are deleted. */
  readonly retired: readonly string[]
  /** Whether every seat has had an instance. */
  readonly formed: boolean
  /** Who wrote it, as reported by the target: an ARN. */
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  /** Whether it is so new that instances started by it may not be visible yet. */
  readonly fresh: boolean
}

/** Who claimed what, and when, for the error message of a conflicting launch. */
export function sayClaim({ agreed: { leaders }, by, at }: Claim): string {
  return `${count(leaders, 'leader')}, claimed by ${by} at ${at}`
}

/** The step that creates or renews the claim. None if the claim already matches. */
export function claimSteps(facts: Facts): readonly WriteClaim[] {
  const { cluster, actual } = facts
  const { claim } = actual
  const agreed = agreedOf(cluster)
  const same = claim !== undefined && isAsClaimed(claim.agreed, agreed)
  const keeps = claim === undefined || same ? keptInterfaces(facts) : {}
  const seats = cluster.seats.filter(({ seat }) => !(seat in keeps))
  const known = [
    ...actual.interfaces.map(({ id }) => id),
    ...Object.values(claim?.interfaces ?? {}),
    ...(claim?.retired ?? []),
  ]
  const retires = [...new Set(known)].filter(id => !Object.values(keeps).includes(id))
  if (same && seats.length === 0 && retires.length === 0) return []
  const name = claimName(cluster.name)
  const needed = actual.securityGroups.map(({ role }) => role)
  const change = {
    agreed,
    follows: claim,
    keeps,
    seats: seats.map(seat => interfaceOf(cluster, seat)),
    retires,
    protects: claim === undefined ? holdersOf(facts) : [],
  }
  return [
    {
      id: claimStepId,
      needs: [...new Set(seats.flatMap(rolesOf))]
        .filter(role => !needed.includes(role))
        .map(role => `security group ${securityGroupName(cluster.name, role)}`),
      action: claim === undefined ? 'create' : 'update',
      kind: 'claim',
      name,
      ...change,
      says: { sign: claim === undefined ? '+' : '~', title: 'claim', detail: sayChange(change) },
    },
  ]
}

function sayChange({
  agreed: { leaders },
  follows,
  seats,
  retires,
  protects,
}: Pick<WriteClaim, 'agreed' | 'follows' | 'seats' | 'retires' | 'protects'>): string {
  const was = follows !== undefined && follows.agreed.leaders !== leaders ? ` (was ${sayClaim(follows)})` : ''
  return [
    `${count(leaders, 'leader')}, quorum ${quorumOf(leaders)}${was}`,
    seats.length > 0 ? `create ${count(seats.length, 'network interface')}` : '',
    retires.length > 0 ? `delete ${retires.join(', ')}` : '',
    protects.length > 0 ? `protect ${protects.join(', ')} from termination` : '',
  ]
    .filter(part => part !== '')
    .join('; ')
}

function holdersOf({ actual: { machines } }: Facts): readonly string[] {
  return machines.filter(holdsSeat).map(({ id }) => id)
}

export const claimStepId = 'claim'

/** The step that records in the claim that every seat has had an instance. */
export function formationSteps({ cluster, actual }: Facts, before: readonly Step[]): readonly MarkFormed[] {
  if (actual.claim?.formed === true) return []
  const needs = before.map(({ id }) => id)
  const name = claimName(cluster.name)
  // The record protects the leaders, even if their pools could not be created.
  const says = { sign: '~', title: 'claim', detail: 'record that every seat has had an instance' } as const
  return [{ id: 'formation', needs, afterFailure: true, action: 'update', kind: 'formation', name, says }]
}

/** Whether a claim matches the inventory. Values that an earlier release did not record are not compared. */
export function isAsClaimed(claimed: Agreed, asked: Agreed): boolean {
  return claimed.leaders === asked.leaders && differencesOf(claimed.values, asked.values).length === 0
}

/** The network interfaces to keep, by the number of the seat. */
function keptInterfaces(facts: Facts): Readonly<Record<number, string>> {
  const kept = facts.cluster.seats.flatMap(seat => {
    const id = keptInterface(facts, seat)
    return id === undefined ? [] : [[seat.seat, id] as const]
  })
  return Object.fromEntries(kept)
}

/**
 * Keeps the interface of the instance that holds the seat. Without an instance, keeps the claimed interface if it is in
 * the subnet of the seat.
 */
function keptInterface({ actual }: Facts, { seat, subnet }: Seat): string | undefined {
  const holder = actual.machines.find(machine => machine.seat === seat && holdsSeat(machine))
  const claimed = actual.claim?.interfaces[seat]
  if (holder === undefined) {
    const seen = actual.interfaces.find(({ id }) => id === claimed)
    // The interface of a new claim may not be visible yet.
    const fits = seen === undefined ? actual.claim?.fresh === true : seen.subnet === subnet
    return fits ? claimed : undefined
  }
  // After interrupted runs, or if the claim was deleted, the instance may have a different interface than the claimed
  // one.
  return actual.interfaces.find(({ id }) => holder.placement?.parts.includes(id))?.id ?? claimed
}

/** The step that deletes the claim, after the network interfaces that it names are deleted. */
export function deleteClaim(cluster: string, { template }: Claim, after: readonly Step[]) {
  return removal('claim', claimName(cluster), template, after)
}
