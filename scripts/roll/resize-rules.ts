import { quorumOf } from '../cluster/quorum.ts'
import { electedIn } from '../health/elected.ts'
import { whyUnhealthy } from '../health/replaceable.ts'
import type { Seen } from '../health/seen.ts'
import { outdatedSeats, surplusSeats } from './candidates.ts'
import type { Observed } from './observed.ts'
import { canServe, present, quorumInUse } from './resize.ts'
import { blockedBy, leadersWork, logIsBehind, type Objection, type Rule } from './roll-rules.ts'
import type { LeaderStep, RollStep } from './roll-step.ts'

/** The rules for leaders while their number changes. A step is taken only if none of them objects. */
export const resizeRules: readonly Rule[] = [
  { name: 'a seat never has two machines', objects: seatsAreNotHeldTwice },
  { name: 'all gates are green between two leaders', objects: gatesAreGreen },
  { name: 'surplus leaders have ended before a quorum is lowered', objects: surplusHasEnded },
  { name: 'a leader is added only to a quorum of masters with its quorum', objects: othersHaveTheQuorum },
  { name: 'the leaders that stay are a quorum', objects: stayingAreAQuorum },
  { name: 'the elected leader is last', objects: electedIsLast },
]

const statusHelp = 'npm run status shows the state of every leader'

function seatsAreNotHeldTwice(step: RollStep, { seats }: Observed): Objection | undefined {
  const wrong = seats.find(({ holders }) => holders.length > 1)
  if (!('node' in step) || wrong === undefined) return undefined
  const why = `is held by ${wrong.holders.join(' and ')}`
  return { gate: 'machines', node: wrong.name, why, help: 'terminate all of them but one', passes: false }
}

// With a lower quorum among more masters, two majorities could have no master in common.
function surplusHasEnded(step: RollStep, observed: Observed): Objection | undefined {
  const [surplus] = surplusSeats(observed)
  if (!isLeaderStep(step, 'reconfigure') || surplus === undefined) return undefined
  return { gate: 'quorum', node: surplus.name, why: 'has not ended', help: statusHelp, passes: true }
}

// With one more master, the lower quorum would not be a majority. An empty replica of the Mesos log recovers only from a
// quorum of voting ones (recover.cpp).
function othersHaveTheQuorum(step: RollStep, observed: Observed): Objection | undefined {
  const { seats, seen, expected, resize } = observed
  if (!isLeaderStep(step, 'add') || resize === undefined) return undefined
  const quorum = quorumOf(resize.to)
  const older = present(seats).find(({ leaders }) => leaders !== resize.to)
  if (older !== undefined) {
    const why = `does not have the settings for ${resize.to} leaders`
    return { gate: 'quorum', node: older.name, why, help: statusHelp, passes: true }
  }
  const voting = seen.filter(one => isVoting(one, expected) && one.report?.master?.quorum === quorum)
  if (voting.length >= quorum) return undefined
  return {
    gate: 'quorum',
    node: step.node,
    why: `needs ${quorum} leaders with a replicated log and quorum ${quorum} to recover from; there are ${voting.length}`,
    help: `to go back, run npm run resize -- --leaders ${resize.from}`,
    passes: true,
  }
}

function stayingAreAQuorum(step: RollStep, { seats, seen, expected }: Observed): Objection | undefined {
  if (!isLeaderStep(step, 'end')) return undefined
  const others = seen.filter(({ leads, name }) => leads && name !== step.node)
  const voting = others.filter(one => isVoting(one, expected)).length
  const votes = Math.max(0, ...others.map(({ report }) => report?.consul?.voters ?? 0))
  const own = seen.some(({ name, state }) => name === step.node && state === 'running') ? 1 : 0
  const quorum = quorumInUse(seats)
  if (Math.min(voting, votes - own) >= quorum) return undefined
  return {
    gate: 'quorum',
    node: step.node,
    why:
      voting < quorum
        ? `cannot end: only ${voting} of the other leaders are healthy, but the quorum is ${quorum}`
        : `cannot end: Consul would have ${votes - own} of the ${quorum} votes that it needs`,
    help: statusHelp,
    passes: true,
  }
}

/** A leader that does not run, or could not be set up, is not protected by gates that it keeps from being green. */
function gatesAreGreen(step: RollStep, observed: Observed): Objection | undefined {
  if (!('node' in step)) return leadersWork(step, observed)
  if (step.does === 'start') return undefined
  const { gates, seats, seen } = observed
  const node = seen.find(({ name }) => name === step.node)
  if (node !== undefined && isBroken(node)) return undefined
  if (canServe(seats)) return blockedBy(gates) ?? logIsBehind(observed)
  return blockedBy(gates.filter(({ name }) => ['machines', 'cloud-init', 'consul'].includes(name)))
}

function electedIsLast(step: RollStep, observed: Observed): Objection | undefined {
  if (!('node' in step) || step.does === 'add' || step.does === 'start') return undefined
  const alike = step.does === 'end' ? surplusSeats(observed) : outdatedSeats(observed)
  const others = alike.filter(({ name }) => name !== step.node)
  if (others.length === 0 || electedIn(observed.seen)[0]?.name !== step.node) return undefined
  return {
    gate: 'election',
    node: step.node,
    why: `is elected, and ${others.map(({ name }) => name).join(', ')} must be changed first`,
    help: statusHelp,
    passes: true,
  }
}

function isLeaderStep(step: RollStep, does: LeaderStep['does']): step is LeaderStep {
  return step.does === does
}

function isVoting(node: Seen, expected: Observed['expected']): boolean {
  return node.leads && whyUnhealthy(node, expected) === undefined && node.report?.master?.recovered === true
}

function isBroken({ state, report }: Seen): boolean {
  return state !== 'running' || report?.cloud_init.status === 'error'
}
