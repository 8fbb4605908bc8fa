import { electedIn } from '../health/elected.ts'
import type { Gate } from '../health/gate.ts'
import { whyNotReplace, whyUnhealthy } from '../health/replaceable.ts'
import { outdatedSeats, type Scope } from './candidates.ts'
import type { Observed } from './observed.ts'
import type { PoolStep, RollStep } from './roll-step.ts'
import { batchOf, floorOf } from './task-budget.ts'

/** Why a step must not be taken now. */
export interface Objection {
  /** The gate that is not green, or another condition. */
  readonly gate: string
  /** The seat, machine or pool to blame. Empty if it is unknown. */
  readonly node: string
  readonly why: string
  /** What the user can do. */
  readonly help: string
  /** Whether waiting may help. */
  readonly passes: boolean
  /** Whether the target limits the wait, so that the time limit for a node does not apply. */
  readonly isLimited?: true
}

/** A rule that no option can turn off. */
export interface Rule {
  readonly name: string
  readonly objects: (step: RollStep, observed: Observed, scope: Scope) => Objection | undefined
}

/** The rules for pools. */
export const poolRules: readonly Rule[] = [
  { name: 'a canary is registered before its settings are used', objects: canaryIsRegistered },
  { name: 'started machines are registered before others are terminated', objects: startedAreRegistered },
  { name: 'terminated machines have ended before others are terminated', objects: endingHaveEnded },
  { name: 'enough tasks keep running', objects: tasksAreRunning },
]

/** The rules of every rolling update. A step is taken only if none of them objects. */
export const rules: readonly Rule[] = [
  { name: 'a seat has exactly one machine', objects: seatsAreHeldOnce },
  { name: 'the other leaders keep every quorum', objects: quorumsStay },
  { name: 'all gates are green between two seats', objects: gatesAreGreen },
  { name: 'the elected leader is last', objects: electedIsLast },
  ...poolRules,
]

function seatsAreHeldOnce(step: RollStep, { seats }: Observed): Objection | undefined {
  if (!('node' in step)) return undefined
  const wrong = seats.find(({ holders }) => holders.length !== 1)
  if (wrong === undefined) return undefined
  const [first, ...others] = wrong.holders
  return {
    gate: 'machines',
    node: wrong.name,
    why: first === undefined ? 'has no machine' : `is held by ${first} and ${others.join(', ')}`,
    help: first === undefined ? 'launch it first: npm run launch' : 'terminate all of them but one',
    passes: false,
  }
}

function quorumsStay(step: RollStep, { seen, expected }: Observed): Objection | undefined {
  if (!('node' in step)) return undefined
  const why = whyNotReplace(step.node, seen, expected, step.does === 'reconfigure')
  if (why === undefined) return undefined
  return {
    gate: 'quorum',
    node: step.node,
    why,
    help: 'npm run status shows the state of every leader',
    passes: expected.leaders > 1,
  }
}

/** A leader that does not work itself is not protected by gates that it keeps from being green. */
function gatesAreGreen(step: RollStep, observed: Observed): Objection | undefined {
  const { gates, seen, expected } = observed
  if (!('node' in step)) return leadersWork(step, observed)
  const node = seen.find(({ name }) => name === step.node)
  if (node === undefined || whyUnhealthy(node, expected) !== undefined) return undefined
  return blockedBy(gates) ?? logIsBehind(observed)
}

/** Machines of pools are started and terminated only while a master can register agents. */
export function leadersWork(step: PoolStep, { gates }: Observed): Objection | undefined {
  const waits = step.does === 'take' || step.does === 'surge' || step.does === 'canary'
  return waits ? blockedBy(leaderGates(gates)) : undefined
}

/** The first master whose replicated log has not recovered. */
export function logIsBehind({ seen }: Pick<Observed, 'seen'>): Objection | undefined {
  const behind = seen.find(({ leads, report }) => leads && report?.master?.recovered !== true)
  if (behind === undefined) return undefined
  return {
    gate: 'masters',
    node: behind.name,
    why: 'the replicated log of its master has not recovered',
    help: `npm run logs -- --node ${behind.name} --unit mesos-master`,
    passes: true,
  }
}

/** The gates that show whether a master can register agents. */
export function leaderGates(gates: readonly Gate[]): readonly Gate[] {
  return gates.filter(({ name }) => name === 'zookeeper' || name === 'masters' || name === 'election')
}

/** The first gate that is not green, with the node to blame. */
export function blockedBy(gates: readonly Gate[]): Objection | undefined {
  const closed = gates.find(({ state }) => state !== 'green')
  if (closed === undefined) return undefined
  const blame = closed.blames.find(({ node }) => node !== '') ?? closed.blames[0]
  const unit = blame?.unit === undefined ? '' : ` --unit ${blame.unit.replace(/\.service$/, '')}`
  return {
    gate: closed.name,
    node: blame?.node ?? '',
    why: blame?.why ?? closed.detail,
    help: blame?.node ? `npm run logs -- --node ${blame.node}${unit}` : 'npm run status shows the reason',
    passes: closed.state === 'waiting',
  }
}

function electedIsLast(step: RollStep, observed: Observed): Objection | undefined {
  if (!('node' in step)) return undefined
  const others = outdatedSeats(observed).filter(({ name }) => name !== step.node)
  const [elected] = electedIn(observed.seen)
  if (others.length === 0 || elected?.name !== step.node) return undefined
  return {
    gate: 'election',
    node: step.node,
    why: `is elected, and ${others.map(({ name }) => name).join(', ')} must be changed first`,
    help: 'npm run status shows the state of every leader',
    passes: true,
  }
}

function canaryIsRegistered(step: RollStep, { pools }: Observed): Objection | undefined {
  if (step.does !== 'promote' && step.does !== 'surge' && step.does !== 'take') return undefined
  const pool = pools.find(({ name }) => name === step.pool)
  const canary = pool?.machines.find(one => one.canary && one.current)
  if (pool === undefined || pool.size === 0) return undefined
  if (step.does === 'promote' ? canary?.registered : pool.proven) return undefined
  return {
    gate: 'canary',
    node: canary?.name ?? step.pool,
    why: 'the canary is not registered',
    help: `npm run logs -- --node ${canary?.name ?? step.pool}`,
    passes: true,
  }
}

function startedAreRegistered(step: RollStep, { pools }: Observed): Objection | undefined {
  if (step.does !== 'take' && step.does !== 'settle') return undefined
  const pool = pools.find(({ name }) => name === step.pool)
  const behind = pool?.machines.find(({ current, registered }) => current && !registered)
  const lacking = (pool?.desired ?? 0) - (pool?.machines.length ?? 0)
  if (behind === undefined && lacking <= 0) return undefined
  return {
    gate: 'followers',
    node: behind?.name ?? step.pool,
    why:
      behind === undefined ? `${lacking} of ${pool?.desired} machines have not started` : 'is not registered',
    help: behind === undefined ? 'npm run status' : `npm run logs -- --node ${behind.name}`,
    passes: true,
  }
}

/** The tasks of a machine that is drained still run, and are counted, until their grace period is over. */
function endingHaveEnded(step: RollStep, { pools }: Observed): Objection | undefined {
  if (step.does !== 'take') return undefined
  const [node] = pools.find(({ name }) => name === step.pool)?.ending ?? []
  if (node === undefined) return undefined
  return {
    gate: 'draining',
    node,
    why: 'is being drained and terminated',
    help: 'npm run status',
    passes: true,
    isLimited: true,
  }
}

function tasksAreRunning(step: RollStep, { tasks, pools }: Observed, scope: Scope): Objection | undefined {
  if (step.does !== 'take') return undefined
  const machines = pools.find(({ name }) => name === step.pool)?.machines ?? []
  const serving = step.machines.filter(id => machines.some(one => one.name === id && one.registered))
  const atStart = scope.atStart.get(step.pool)
  if (serving.length <= batchOf(tasks, atStart, scope.share) || atStart === undefined) return undefined
  return {
    gate: 'tasks',
    node: step.pool,
    why: `${tasks?.running ?? 0} of the ${atStart.running} tasks are running; at least ${floorOf(atStart, scope.share)} must keep running`,
    help: 'look for tasks that the frameworks have not started again: npm run open',
    passes: true,
  }
}
