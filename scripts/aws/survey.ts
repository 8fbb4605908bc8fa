import type { Cluster } from '../cluster/cluster.ts'
import { orRefuse } from '../inventory/problems.ts'
import type { Actual, ActualMachines } from '../plan/actual.ts'
import type { Facts } from '../plan/facts.ts'
import { unseenImage } from '../plan/unseen-image.ts'
import { observeBodies } from './bodies.ts'
import type { Aws } from './connect.ts'
import { findImages } from './images.ts'
import { observeInstanceProfile } from './instance-profile.ts'
import { observeLaunchTemplates } from './launch-templates.ts'
import { observePools } from './pools.ts'
import { preflight } from './preflight.ts'
import { observeSeats } from './seats.ts'
import { observeSecurityGroups } from './security-groups.ts'

/** What a launch has to know of an account before it plans. */
export interface Survey {
  readonly account: string
  readonly vpc: string
  readonly actual: Actual
  readonly imageOf: Facts['imageOf']
}

/** Looks at the machines of a cluster: two calls, however many there are. */
export async function observeMachines(aws: Aws, cluster: string): Promise<ActualMachines> {
  const [machines, pools] = await Promise.all([observeSeats(aws, cluster), observePools(aws, cluster)])
  return { machines, pools }
}

/** Looks at everything that carries a cluster's tags, all at once. */
export async function observe(aws: Aws, cluster: Cluster): Promise<Actual> {
  const [securityGroups, launchTemplates, machines, instanceProfile, bodies] = await Promise.all([
    observeSecurityGroups(aws, cluster.name),
    observeLaunchTemplates(aws, cluster.name),
    observeMachines(aws, cluster.name),
    observeInstanceProfile(aws, cluster),
    observeBodies(aws, cluster),
  ])
  return { securityGroups, launchTemplates, ...machines, instanceProfile, bodies }
}

/** The account whose credentials are used. */
export async function accountOf(aws: Aws): Promise<string> {
  const sts = await aws.sts()
  const { Account = '' } = await sts.getCallerIdentity({})
  return Account
}

/**
 * Looks at what is there, and at everything the inventory names, in one round.
 *
 * @throws Refused with everything that EC2 doesn't know
 */
export async function survey(aws: Aws, cluster: Cluster): Promise<Survey> {
  const [account, actual, { vpc, problems }, found] = await Promise.all([
    accountOf(aws),
    observe(aws, cluster),
    preflight(aws, cluster),
    findImages(aws, cluster),
  ])
  orRefuse(actual, [...problems, ...found.problems])
  const imageOf: Facts['imageOf'] = machine =>
    found.images.get(machine.architecture) ?? unseenImage(cluster, machine)
  return { account, vpc, actual, imageOf }
}
