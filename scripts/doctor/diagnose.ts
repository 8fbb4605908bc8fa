import { badlyConnected, closedPorts } from './connection-causes.ts'
import { differences, editedFiles, outdatedNodes, refusedCalls, refusedLaunch } from './drift-causes.ts'
import { type Examined, isFailingOver, isLasting, reporting } from './examined.ts'
import { type Finding, logOf } from './finding.ts'
import {
  exhaustedMemory,
  failedCloudInit,
  fullDisks,
  missingMachines,
  scheduledEvents,
  silentNodes,
  wrongClocks,
} from './machine-causes.ts'
import { catalogErrors, otherResolver, silentDns, staleNames, strayEntries } from './name-causes.ts'
import {
  lonelyConsul,
  lonelyZookeeper,
  noConsulLeader,
  noMaster,
  noZookeeperLeader,
} from './quorum-causes.ts'
import { emptiedLogs, tooFewMasters, unreachableAddress, wrongQuorum } from './registrar-causes.ts'
import { downUnits, failingUnits, silentMarathons, unregisteredAgents } from './unit-causes.ts'

type Cause = (examined: Examined) => readonly Finding[]

/** Causes that show by themselves. */
const causes: readonly Cause[] = [
  ...[missingMachines, silentNodes, failedCloudInit, fullDisks, exhaustedMemory, wrongClocks],
  ...[wrongQuorum, unreachableAddress, closedPorts, tooFewMasters, emptiedLogs],
  ...[
    noZookeeperLeader,
    noConsulLeader,
    downUnits,
    silentDns,
    catalogErrors,
    staleNames,
    otherResolver,
    strayEntries,
  ],
  ...[editedFiles, outdatedNodes, differences, refusedCalls, refusedLaunch, scheduledEvents],
]

/** Symptoms of a node, which count only if none of the causes above explains them. */
const ofNodes: readonly Cause[] = [
  failingUnits,
  lonelyZookeeper,
  lonelyConsul,
  unregisteredAgents,
  silentMarathons,
]

/** Symptoms of the whole cluster. */
const ofCluster: readonly Cause[] = [noMaster]

/** Differences that do not explain why something does not work. */
const harmless = /^D0(26|58|6[0-6])$/

/** Everything that is wrong with a cluster, causes before their symptoms. */
export function diagnose(examined: Examined): readonly Finding[] {
  const found = causes.flatMap(cause => cause(examined))
  const serious = found.filter(({ code }) => !harmless.test(code))
  const cut = badlyConnected(examined)
  const explained = (node: string) =>
    cut.has(node) || serious.some(one => one.node.split(', ').includes(node))
  const alone = ofNodes.flatMap(cause => cause(examined)).filter(({ node }) => !explained(node))
  const whole = ofCluster.flatMap(cause => cause(examined))
  const loud = whole.filter(() => ![...serious, ...alone].some(one => concernsLeader(one, examined)))
  const all = [...found, ...alone, ...loud]
  return all.length > 0 ? all : unexplained(examined)
}

function concernsLeader({ node, code }: Finding, { cluster }: Examined): boolean {
  return code !== 'D055' && (node === '' || cluster.seats.some(({ name }) => node.split(', ').includes(name)))
}

/** Health checks that fail for a long time, without a known cause. */
function unexplained(examined: Examined): readonly Finding[] {
  const nodes = reporting(examined)
  const isSteady = nodes.every(node => isLasting(node) && !isFailingOver(node))
  const silent = examined.nodes.some(({ report, counted }) => report === undefined && counted !== true)
  if (examined.changing || nodes.length === 0 || silent || !isSteady) return []
  return examined.gates
    .filter(({ state }) => state !== 'green')
    .map(({ name, detail, blames }) => {
      const [blame] = blames.filter(({ node }) => node !== '')
      const node = blame?.node ?? ''
      const fix: Finding['fix'] = blame?.unit === undefined ? ['status'] : logOf(node, blame.unit)
      return { code: 'D099', node, evidence: `${name}: ${detail}${blame ? `; ${blame.why}` : ''}`, fix }
    })
}
