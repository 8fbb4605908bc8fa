import type { Cluster } from '../cluster/cluster.ts'
import { quorumOf } from '../cluster/quorum.ts'
import { Path } from '../inventory/problem-path.ts'
import type { Problem } from '../inventory/problems.ts'
import { type ActualMachines, holdsSeat, type SeatMachine } from './machines.ts'

// Problems because of which a launch would break a rule that applies to every target.

/** What the rules check: the machines and, on targets with claims, who has claimed the cluster. */
export interface MachineFacts {
  readonly cluster: Cluster
  readonly actual: ActualMachines & {
    readonly claim?: { readonly by: string; readonly at: string } | undefined
  }
  /** Whether the target can change the number of leaders of a running cluster. */
  readonly resizes?: boolean
}

// Rule: a seat must never have two machines. An additional master can corrupt the Mesos replicated log.
export function seatsAreHeldOnce({ cluster, actual }: MachineFacts): readonly Problem[] {
  return cluster.seats.flatMap(({ seat, name }) => {
    const holders = actual.machines.filter(machine => machine.seat === seat && holdsSeat(machine))
    if (holders.length < 2) return []
    const ids = holders.map(({ id }) => id).join(' and ')
    return [
      {
        path: Path.outside(name),
        message: `${ids} hold the same seat; terminate all but one of them, then run this command again`,
      },
    ]
  })
}

// Running masters have the quorum in their flags, so masters with a different number of leaders cannot be added.
export function leadersStayAsMany({ cluster, actual, resizes }: MachineFacts): readonly Problem[] {
  const wanted = cluster.seats.length
  const running = actual.machines.filter(holdsSeat)
  const other = running.find(({ leaders, seat }) => (leaders ?? wanted) !== wanted || seat > wanted)
  if (other === undefined) return []
  const ensembles = ensemblesOf(running)
  if (ensembles.length > 1) return severalEnsembles(ensembles, wanted)
  const was = other.leaders ?? Math.max(...running.map(({ seat }) => seat))
  const { claim } = actual
  const by = claim === undefined ? '' : ` (claimed by ${claim.by} at ${claim.at})`
  const message = resizes
    ? `the cluster runs with ${was} leaders; use --leaders ${was}, or change their number with ` +
      `npm run resize -- --leaders ${wanted}`
    : `the cluster runs with ${was} leaders, and their number cannot change while they run${by}; ` +
      `use --leaders ${was}, or destroy the cluster first`
  return [{ path: Path.outside('leaders'), message }]
}

interface Ensemble {
  readonly leaders: number
  readonly running: number
}

/** The numbers of leaders that machines were launched for, each with the number of machines. */
function ensemblesOf(machines: readonly SeatMachine[]): readonly Ensemble[] {
  const numbers = [...new Set(machines.flatMap(({ leaders }) => leaders ?? []))].sort((a, b) => a - b)
  return numbers.map(leaders => ({
    leaders,
    running: machines.filter(machine => machine.leaders === leaders && machine.seat <= leaders).length,
  }))
}

// Concurrent launches of an earlier release could start two ensembles. An ensemble that has a quorum can stay.
function severalEnsembles(ensembles: readonly Ensemble[], wanted: number): readonly Problem[] {
  const holds = ({ leaders, running }: Ensemble) => running >= quorumOf(leaders)
  if (ensembles.some(one => one.leaders === wanted && holds(one))) return []
  const found = ensembles.map(({ leaders, running }) => `${running} of ${leaders}`).join(' and ')
  const [first, ...others] = ensembles.filter(holds).map(({ leaders }) => `--leaders ${leaders}`)
  const ways = [first, ...others].filter(way => way !== undefined).join(' or ')
  const help =
    ways === ''
      ? 'none of them has a quorum; see docs/recovery.md'
      : `to keep one, pass ${ways}; the plan then terminates the machines of the others`
  const message = `leaders of different clusters are running at the same time: ${found}`
  return [{ path: Path.outside('leaders'), message, help }]
}
