import type { Cluster } from '../../../cluster/cluster.ts'
import { orRefuse } from '../../../inventory/problems.ts'
import { holdsSeat } from '../../../plan/machines.ts'
import type { Actual } from '../actual.ts'
import type { FreeAddresses } from '../addresses.ts'
import { agreedIn } from '../agreed-in.ts'
import type { Claim } from '../claim.ts'
import type { Facts } from '../facts.ts'
import { unseenImage } from '../image.ts'
import { isClaimed } from '../seat.ts'
import { userDataOf } from './booted.ts'
import { observeClaim } from './claim.ts'
import type { Aws } from './connect.ts'
import { findImages } from './image.ts'
import { observeInstanceProfile } from './instance-profile.ts'
import { observeLaunchTemplates } from './launch-template.ts'
import { observeHooks } from './lifecycle-hook.ts'
import { observeRoll } from './lock-template.ts'
import { observeInterfaces } from './network-interface.ts'
import { observeSeats, observeSeatsWithVolumes } from './observe-seats.ts'
import { observePools } from './pool.ts'
import { preflight } from './preflight.ts'
import { observeSecurityGroups } from './security-group.ts'
import { observeBodies } from './stored-user-data.ts'
import { settle, TimedOut, until } from './wait.ts'

/** What a launch needs to know about an account before it plans. */
export interface Survey {
  readonly account: string
  readonly vpc: string
  readonly freeAddresses: FreeAddresses
  readonly silentTypes: readonly string[]
  readonly actual: Actual
  readonly imageOf: Facts['imageOf']
}

/** Observes the instances of a cluster, with two calls however many there are. */
export async function observeMachines(
  aws: Aws,
  cluster: string,
): Promise<Pick<Actual, 'machines' | 'pools'>> {
  const [machines, pools] = await Promise.all([observeSeats(aws, cluster), observePools(aws, cluster)])
  return { machines, pools }
}

/** Observes every resource that carries the tags of a cluster, in parallel. */
export async function observe(aws: Aws, cluster: Cluster): Promise<Actual> {
  const [
    machines,
    pools,
    seen,
    interfaces,
    securityGroups,
    launchTemplates,
    hooks,
    instanceProfile,
    bodies,
    rolling,
  ] = await Promise.all([
    observeSeatsWithVolumes(aws, cluster.name),
    observePools(aws, cluster.name),
    observeClaim(aws, cluster.name),
    observeInterfaces(aws, cluster.name),
    observeSecurityGroups(aws, cluster.name),
    observeLaunchTemplates(aws, cluster.name),
    observeHooks(aws, cluster),
    observeInstanceProfile(aws, cluster),
    observeBodies(aws, cluster),
    observeRoll(aws, cluster.name),
  ])
  const holder = machines.find(holdsSeat)
  const claim =
    seen ??
    (machines.some(machine => holdsSeat(machine) && isClaimed(machine))
      ? await unseenClaim(aws, cluster.name)
      : undefined)
  const unclaimed =
    claim === undefined && holder !== undefined ? await observeUnclaimed(aws, holder.id) : undefined
  return {
    machines,
    pools,
    claim,
    unclaimed,
    interfaces,
    securityGroups,
    launchTemplates,
    hooks,
    instanceProfile,
    bodies,
    rolling,
  }
}

/** The claim that visible instances were started with. Undefined if it has been deleted. */
async function unseenClaim(aws: Aws, cluster: string): Promise<Claim | undefined> {
  try {
    return await until(aws, 'the claim to become visible', settle, () => observeClaim(aws, cluster))
  } catch (error) {
    if (error instanceof TimedOut) return undefined
    throw error
  }
}

/** The agreed values of a cluster that was launched by a release without claims. */
async function observeUnclaimed(aws: Aws, id: string): Promise<Actual['unclaimed']> {
  return agreedIn(await userDataOf(aws, id))
}

/** The account of the credentials. */
export async function accountOf(aws: Aws): Promise<string> {
  const sts = await aws.sts()
  const { Account = '' } = await sts.getCallerIdentity({})
  return Account
}

/**
 * Observes what exists and everything that the inventory names, in parallel.
 *
 * @throws Refused with everything that EC2 does not find
 */
export async function survey(aws: Aws, cluster: Cluster): Promise<Survey> {
  const [account, actual, { problems, ...seen }, found] = await Promise.all([
    accountOf(aws),
    observe(aws, cluster),
    preflight(aws, cluster),
    findImages(aws, cluster),
  ])
  orRefuse(actual, [...problems, ...found.problems])
  const imageOf: Facts['imageOf'] = machine =>
    found.images.get(machine.architecture) ?? unseenImage(cluster, machine)
  return { account, ...seen, actual, imageOf }
}
