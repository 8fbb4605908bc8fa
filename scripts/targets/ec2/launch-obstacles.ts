import { agreedOf, differencesOf } from '../../cluster/agreed.ts'
import { nodesOf } from '../../cluster/cluster.ts'
import { profileName } from '../../cluster/names.ts'
import { tag } from '../../cluster/tags.ts'
import { Path } from '../../inventory/problem-path.ts'
import { type Problem, severityOf } from '../../inventory/problems.ts'
import { type ActualMachines, holdsSeat } from '../../plan/machines.ts'
import { leadersStayAsMany, seatsAreHeldOnce } from '../../plan/obstacles.ts'
import { unfitting } from '../../user-data/fit-rules.ts'
import { addressProblems } from './addresses.ts'
import { type Claim, sayClaim } from './claim.ts'
import type { Facts } from './facts.ts'
import { emptySeats, isFormed, runningLeaders } from './seat.ts'

type Obstacle = (facts: Facts) => readonly Problem[]

/** Problems because of which a launch would break a rule or be refused by EC2. */
export function obstacles(facts: Facts): readonly Problem[] {
  const all: readonly Obstacle[] = [
    subnetsAreGiven,
    ({ cluster, userData }) => unfitting(cluster, userData),
    seatsAreHeldOnce,
    leadersStayAsMany,
    agreementStays,
    quorumLives,
    poolsStay,
    profileIsOurs,
    networkStays,
    facts => addressProblems(facts).filter(problem => severityOf(problem) === 'error'),
  ]
  return all.flatMap(obstacle => obstacle(facts))
}

function subnetsAreGiven({ cluster }: Facts): readonly Problem[] {
  const without = nodesOf(cluster).filter(
    node => (node.kind === 'pool' ? node.subnets[0] : node.subnet) === undefined,
  )
  return [...new Set(without.map(({ group }) => group))].map(group => ({
    code: 'E054',
    path: Path.inInventory('groups', group, 'subnets'),
    message: 'at least one subnet is required',
  }))
}

/** The message for a pool that is being deleted. */
export const stillGoing = 'is still being deleted; wait until it is deleted, then run this command again'

function poolsStay({ cluster, actual }: Facts): readonly Problem[] {
  return cluster.pools
    .filter(({ name }) => actual.pools.some(pool => pool.name === name && pool.going))
    .map(({ name }) => ({ path: Path.outside(name), message: stillGoing }))
}

function profileIsOurs({ cluster, actual }: Facts): readonly Problem[] {
  if (cluster.instanceProfile !== undefined || actual.instanceProfile !== 'foreign') return []
  const path = Path.outside(profileName(cluster.region, cluster.name, 'follower'))
  const message =
    `an instance profile or role with this name already exists without the tag ${tag.cluster}=${cluster.name}; ` +
    'delete it, rename the cluster, or set instance_profile to your own profile'
  return [{ path, message }]
}

// A security group belongs to a VPC, and instances of another VPC cannot use it.
function networkStays({ vpc, actual }: Facts): readonly Problem[] {
  const [elsewhere] = actual.securityGroups.filter(group => vpc !== undefined && group.vpc !== vpc)
  if (elsewhere === undefined) return []
  const message =
    `the subnets are in ${vpc}, but the cluster was launched in ${elsewhere.vpc}; ` +
    'use subnets of that VPC, or destroy the cluster first'
  return [{ path: Path.inInventory('groups'), message }]
}

// Nodes with different values of these variables cannot find each other, or write to different places under the same
// name.
function agreementStays({ cluster, actual, userData }: Facts): readonly Problem[] {
  const { claim } = actual
  const runs = claim?.agreed.values ?? actual.unclaimed
  if (!isInUse(actual) && claim?.fresh !== true) return []
  if (runs === undefined) return cannotTell(actual, userData)
  const asked = agreedOf(cluster)
  const help = `restore the value; to change it, destroy the cluster and launch it again`
  return [
    ...otherNumber(claim, asked.leaders, actual),
    ...differencesOf(runs, asked.values).map(({ name, runs, asked }) => ({
      path: Path.outside(name),
      message: `is ${runs} on the running cluster and must be the same on all nodes; got ${asked}`,
      help,
    })),
  ]
}

// For clusters that were launched by a release without claims, with user data that is stored elsewhere.
function cannotTell({ machines }: ActualMachines, userData: Facts['userData']): readonly Problem[] {
  const sums = [...userData.values()].map(({ sha256 }) => sha256)
  const other = machines.find(machine => holdsSeat(machine) && !sums.includes(machine.userData ?? ''))
  if (other === undefined) return []
  const message =
    'an earlier release launched this cluster without recording its shared settings, and the inventory has ' +
    `changed since ${other.id} was launched`
  return [
    {
      path: Path.outside('claim'),
      message,
      help: 'run launch once with the inventory that the cluster was launched with',
    },
  ]
}

// The instances may not be visible yet, but the claim is.
function otherNumber(claim: Claim | undefined, asked: number, actual: ActualMachines): readonly Problem[] {
  if (claim === undefined || claim.agreed.leaders === asked) return []
  // The rules for instances already report this.
  if (actual.machines.some(machine => holdsSeat(machine) && machine.leaders === claim.agreed.leaders))
    return []
  const message = `the cluster was launched with ${sayClaim(claim)}; got ${asked}`
  const again = claim.fresh ? ', or wait two minutes and check whether anything was started' : ''
  return [{ path: Path.outside('leaders'), message, help: `launch with ${claim.agreed.leaders}${again}` }]
}

function isInUse({ machines, pools }: ActualMachines): boolean {
  return machines.some(holdsSeat) || pools.some(pool => pool.machines.length > 0)
}

// An empty instance replicates the lost state of its seat from a quorum of the other leaders. Without a quorum,
// ZooKeeper may elect empty instances and lose the state of the others, and neither the Mesos replicated log nor Consul
// recovers by itself.
function quorumLives(facts: Facts): readonly Problem[] {
  const { cluster, actual, recover } = facts
  if (leadersStayAsMany(facts).length > 0) return []
  const empty = emptySeats(facts)
  const running = runningLeaders(facts)
  if (recover === true || empty.length === 0 || !isFormed(facts) || running >= cluster.quorum) return []
  const stopped = actual.machines.filter(({ state }) => state === 'stopped' || state === 'stopping')
  const leaders = cluster.seats.length
  const message =
    `${empty.length} of ${leaders} leaders are missing and only ${running} ${running === 1 ? 'is' : 'are'} running, ` +
    `less than the quorum of ${cluster.quorum}; new machines start with empty disks, so ` +
    (running === 0
      ? 'the state of ZooKeeper, Mesos and Consul is lost'
      : 'ZooKeeper could lose the state of the remaining leaders')
  const help =
    stopped.length > 0
      ? `start ${stopped.map(({ id }) => id).join(', ')} first`
      : actual.claim?.fresh === true
        ? `wait two minutes and run this command again: EC2 may not list the instances that ${actual.claim.by} started yet`
        : 'follow docs/recovery.md, then run launch with --recover'
  return [{ path: Path.outside('leaders'), message, help }]
}
