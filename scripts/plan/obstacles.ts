import { nodesOf } from '../cluster/cluster.ts'
import { profileName } from '../cluster/names.ts'
import { tag } from '../cluster/tags.ts'
import type { Problem } from '../inventory/problems.ts'
import { unfitting } from '../user-data/fit-rules.ts'
import type { ActualMachines } from './actual.ts'
import type { Facts } from './facts.ts'
import { holdsSeat } from './seats.ts'

type Obstacle = (facts: Facts) => readonly Problem[]

/** What the rules that hold on every target are about. */
interface MachineFacts extends Pick<Facts, 'cluster' | 'userData'> {
  readonly actual: ActualMachines
}

/** Why a launch would break a rule or be refused by EC2, whatever else is there. */
export function obstacles(facts: Facts): readonly Problem[] {
  const all: readonly Obstacle[] = [
    subnetsAreGiven,
    ({ cluster, userData }) => unfitting(cluster, userData),
    seatsAreHeldOnce,
    leadersStayAsMany,
    poolsStay,
    profileIsOurs,
    networkStays,
  ]
  return all.flatMap(obstacle => obstacle(facts))
}

function subnetsAreGiven({ cluster }: Facts): readonly Problem[] {
  const without = nodesOf(cluster).filter(
    node => (node.kind === 'pool' ? node.subnets[0] : node.subnet) === undefined,
  )
  return [...new Set(without.map(({ group }) => group))].map(group => ({
    code: 'E054',
    path: `groups.${group}.subnets`,
    message: 'must name at least one subnet to launch in',
  }))
}

// Rule: never two machines on one seat. A surplus master can corrupt Mesos' replicated log.
export function seatsAreHeldOnce({ cluster, actual }: MachineFacts): readonly Problem[] {
  return cluster.seats.flatMap(({ seat, name }) => {
    const holders = actual.machines.filter(machine => machine.seat === seat && holdsSeat(machine))
    if (holders.length < 2) return []
    const ids = holders.map(({ id }) => id).join(' and ')
    return [
      {
        path: name,
        message: `${ids} hold the same seat; terminate all but one of them, then run this again`,
      },
    ]
  })
}

/** What is said of a pool that is on its way out. */
export const stillGoing = 'is still being deleted; wait until it is gone, then run this again'

function poolsStay({ cluster, actual }: Facts): readonly Problem[] {
  return cluster.pools
    .filter(({ name }) => actual.pools.some(pool => pool.name === name && pool.going))
    .map(({ name }) => ({ path: name, message: stillGoing }))
}

function profileIsOurs({ cluster, actual }: Facts): readonly Problem[] {
  if (cluster.instanceProfile !== undefined || actual.instanceProfile !== 'foreign') return []
  const path = profileName(cluster.region, cluster.name)
  const message =
    `an instance profile or role of this name is there without the tag ${tag.cluster}=${cluster.name}; ` +
    'delete it, rename the cluster, or name a profile of your own in instance_profile'
  return [{ path, message }]
}

// A security group stays in its VPC, and machines of another can't be in it.
function networkStays({ vpc, actual }: Facts): readonly Problem[] {
  const [elsewhere] = actual.securityGroups.filter(group => vpc !== undefined && group.vpc !== vpc)
  if (elsewhere === undefined) return []
  const message =
    `the subnets are in ${vpc}, but the cluster was launched in ${elsewhere.vpc}; ` +
    'use subnets of that, or destroy the cluster first'
  return [{ path: 'groups', message }]
}

// Running masters have their quorum in their flags, so another number of leaders can't just be launched beside them.
export function leadersStayAsMany({ cluster, actual }: MachineFacts): readonly Problem[] {
  const wanted = cluster.seats.length
  const running = actual.machines.filter(holdsSeat)
  const other = running.find(({ leaders, seat }) => (leaders ?? wanted) !== wanted || seat > wanted)
  if (other === undefined) return []
  const was = other.leaders ?? Math.max(...running.map(({ seat }) => seat))
  const message =
    `the cluster runs with ${was} leaders, whose quorum can't change while they run; ` +
    `launch with ${was}, or destroy the cluster first`
  return [{ path: 'leaders', message }]
}
