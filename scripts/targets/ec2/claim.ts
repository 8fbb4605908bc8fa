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

/** Records what the cluster agrees on, with the network interfaces that hold its seats. */
export interface WriteClaim extends Step {
  readonly action: 'create' | 'update'
  readonly kind: 'claim'
  readonly agreed: Agreed
  /** What the claim follows; nothing when it is the first. */
  readonly follows: Claim | undefined
  /** The network interfaces that seats have already, by the number of the seat. */
  readonly keeps: Readonly<Record<number, string>>
  /** The seats that get a new network interface. */
  readonly seats: readonly SeatInterface[]
  /** Network interfaces that no machine may start with any more. */
  readonly retires: readonly string[]
  /** Leaders of an earlier release, which didn't protect them from being terminated by mistake. */
  readonly protects: readonly string[]
}

/** Marks on the claim that every seat has had its machine. */
export interface MarkFormed extends Step {
  readonly action: 'update'
  readonly kind: 'formation'
}

/**
 * What a cluster has agreed on, and the network interface that holds each of its seats. EC2 attaches an interface to
 * one machine at a time and refuses to delete one that is attached: so no seat ever has two machines, and a claim that
 * deletes the interfaces of the one before it can be sure that no machine starts by that one any more.
 */
export interface Claim {
  /** The launch template that keeps it. */
  readonly template: string
  /** The newest version of that template, which the next claim must follow. */
  readonly version: number
  readonly agreed: Agreed
  /** By the number of the seat. */
  readonly interfaces: Readonly<Record<number, string>>
  /** Interfaces of earlier claims. Nothing is started before the last of them is deleted. */
  readonly retired: readonly string[]
  /** Whether every seat has had its machine. */
  readonly formed: boolean
  /** Who made it, as the target says: an ARN. */
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  /** Whether it is so new that what was started by it may not be seen yet. */
  readonly fresh: boolean
}

/** Who claimed what, and when, for whoever wanted something else. */
export function sayClaim({ agreed: { leaders }, by, at }: Claim): string {
  return `${count(leaders, 'leader')}, claimed by ${by} at ${at}`
}

/** The step that makes or renews the claim; none when it says what is needed. */
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

/** The step that marks the claim once every seat has had its machine. */
export function formationSteps({ cluster, actual }: Facts, before: readonly Step[]): readonly MarkFormed[] {
  if (actual.claim?.formed === true) return []
  const needs = before.map(({ id }) => id)
  const name = claimName(cluster.name)
  // It protects the leaders, whether their pools could be made or not.
  const says = { sign: '~', title: 'claim', detail: 'record that every seat has had a machine' } as const
  return [{ id: 'formation', needs, afterFailure: true, action: 'update', kind: 'formation', name, says }]
}

/** Whether what was claimed is what is asked. Values that an earlier release didn't claim are not compared. */
export function isAsClaimed(claimed: Agreed, asked: Agreed): boolean {
  return claimed.leaders === asked.leaders && differencesOf(claimed.values, asked.values).length === 0
}

/** The network interfaces that stay, by the number of the seat. */
function keptInterfaces(facts: Facts): Readonly<Record<number, string>> {
  const kept = facts.cluster.seats.flatMap(seat => {
    const id = keptInterface(facts, seat)
    return id === undefined ? [] : [[seat.seat, id] as const]
  })
  return Object.fromEntries(kept)
}

/** That of a machine that holds the seat stays, and otherwise one that is in the seat's subnet. */
function keptInterface({ actual }: Facts, { seat, subnet }: Seat): string | undefined {
  const holder = actual.machines.find(machine => machine.seat === seat && holdsSeat(machine))
  const claimed = actual.claim?.interfaces[seat]
  if (holder === undefined) {
    const seen = actual.interfaces.find(({ id }) => id === claimed)
    // One of a new claim needn't be seen yet.
    const fits = seen === undefined ? actual.claim?.fresh === true : seen.subnet === subnet
    return fits ? claimed : undefined
  }
  // Its machine may have another than is claimed, where runs were cut off, or the claim was deleted.
  return actual.interfaces.find(({ id }) => holder.placement?.parts.includes(id))?.id ?? claimed
}

/** The removal of the claim, once the network interfaces that it names are gone. */
export function deleteClaim(cluster: string, { template }: Claim, after: readonly Step[]) {
  return removal('claim', claimName(cluster), template, after)
}
