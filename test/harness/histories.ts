import { type Cluster, nodesOf } from '../../scripts/cluster/cluster.ts'
import { type Opening, openingsOf } from '../../scripts/cluster/firewall.ts'
import { quorumOf } from '../../scripts/cluster/quorum.ts'
import { orRefuse } from '../../scripts/inventory/problems.ts'
import { type Act, runSteps } from '../../scripts/plan/run.ts'
import type { Plan, Step } from '../../scripts/plan/step.ts'
import { agreedIn } from '../../scripts/targets/ec2/agreed-in.ts'
import { destroyOn, launchOn } from '../../scripts/targets/ec2/api/act.ts'
import type { Aws } from '../../scripts/targets/ec2/api/connect.ts'
import { explain } from '../../scripts/targets/ec2/api/errors.ts'
import { observeStrays } from '../../scripts/targets/ec2/api/observe-seats.ts'
import { checkPermissions } from '../../scripts/targets/ec2/api/permissions.ts'
import { observe, survey } from '../../scripts/targets/ec2/api/survey.ts'
import { planDestroy } from '../../scripts/targets/ec2/plan-destroy.ts'
import { planLaunch } from '../../scripts/targets/ec2/plan-launch.ts'
import type { UserData } from '../../scripts/user-data/render.ts'
import { awsOf } from '../doubles/ec2/aws.ts'
import { end } from '../doubles/ec2/machines.ts'
import { alive, type Lags, type Machine, makeStore, type Store, stateOf } from '../doubles/ec2/store.ts'
import { type Actor, goOn, makeActor, makeWorld, type World } from '../doubles/ec2/world.ts'
import { clusterOf, factsOf } from './sample.ts'

/** An account in this process, and the rules that are checked after every call. */
export interface Stage {
  readonly world: World
  readonly store: Store
  /** The actors that may fill seats although the quorum is lost. */
  readonly recovering: Set<Actor>
  /** The leader that each actor started last. */
  readonly started: Map<Actor, Machine>
  /** The number of leaders of the formed cluster; 0 while it has not formed. */
  formed: number
}

/** A cluster as requested by a user, with its user data. */
export interface Asked {
  readonly cluster: Cluster
  readonly userData: ReadonlyMap<string, UserData>
}

const inventories = new Map<string, Asked>()
const openings = new Map<string, readonly Opening[]>()

/** The cluster of an inventory text, rendered once. */
export function asked(text: string): Asked {
  const known = inventories.get(text)
  if (known !== undefined) return known
  const { cluster, userData } = factsOf(clusterOf(text))
  for (const { name, mode } of nodesOf(cluster)) {
    const own = openingsOf(cluster).filter(({ to }) => to === mode)
    openings.set(userData.get(name)?.sha256 ?? '', own)
  }
  const made = { cluster, userData }
  inventories.set(text, made)
  return made
}

export function makeStage(seed: number, lags: Lags): Stage {
  const world = makeWorld(seed)
  return { world, store: makeStore(world, lags), recovering: new Set(), started: new Map(), formed: 0 }
}

/** The result of a command: it succeeded, it was refused with a reason, or its process was killed. */
export type Ending = {
  readonly end: 'done' | 'refused' | 'killed'
  readonly said: string
  readonly plan?: Plan
}

export interface How {
  readonly recover?: boolean
  readonly prune?: boolean
}

const timeout = 600_000

/** A launch, in the order of scripts/launch.ts. */
export function launch(stage: Stage, actor: Actor, what: Asked, how: How = {}): Promise<Ending> {
  const aws = awsOf(stage.store, actor, action => check(stage, actor, action))
  return acting(stage, actor, how.recover === true, () => launchWith(aws, what, how))
}

/** The same with any stand-in for AWS. */
export async function launchWith(aws: Aws, { cluster, userData }: Asked, how: How = {}): Promise<Plan> {
  const wishes = { cluster, userData, recover: how.recover === true, prune: how.prune === true }
  const ground = { ...wishes, aws, timeout, ...(await survey(aws, cluster)) }
  const plan = planLaunch(ground)
  orRefuse(plan, await checkPermissions(ground, plan.steps))
  await runAll(plan.steps, launchOn(ground))
  return plan
}

/** A destroy, in the order of scripts/destroy.ts. */
export function destroy(stage: Stage, actor: Actor, { cluster }: Asked): Promise<Ending> {
  const aws = awsOf(stage.store, actor, () => noteFormation(stage))
  return acting(stage, actor, false, () => destroyWith(aws, cluster))
}

/** The same with any stand-in for AWS. */
export async function destroyWith(aws: Aws, cluster: Cluster): Promise<undefined> {
  const [actual, strays] = await Promise.all([observe(aws, cluster), observeStrays(aws, cluster.name)])
  await runAll(planDestroy(cluster, actual, strays), destroyOn(aws, cluster, timeout))
}

async function runAll<S extends Step>(steps: readonly S[], act: Act<S>): Promise<void> {
  const outcomes = await runSteps(steps, act, () => {})
  for (const outcome of outcomes) if (outcome.end === 'failed') throw outcome.error
}

async function acting(
  stage: Stage,
  actor: Actor,
  recovers: boolean,
  run: () => Promise<Plan | undefined>,
): Promise<Ending> {
  if (recovers) stage.recovering.add(actor)
  try {
    const killed = actor.stopped.then(() => actor.dead || new Promise<never>(() => {}))
    const plan = await Promise.race([run(), killed])
    if (plan === true) return { end: 'killed', said: '' }
    return { end: 'done', said: '', ...(plan && { plan }) }
  } catch (error) {
    const problem = explain(error)
    if (problem === undefined || error instanceof Broken) throw error
    return { end: 'refused', said: (error as Error).message }
  } finally {
    stage.recovering.delete(actor)
  }
}

/** A rule that was broken. */
class Broken extends Error {
  override readonly name = 'Broken'
}

const seatOf = ({ tags }: Machine) => tags['mesos-bakery:seat']
const numberOf = ({ tags }: Machine) => Number(tags['mesos-bakery:leaders'])

/** A cluster has formed once its claim says so. Without a claim, for example after a destroy, it has not. */
function noteFormation(stage: Stage): void {
  const claim = [...stage.store.templates.values()].find(({ name }) => name.endsWith('/claim'))
  const leaders = alive(stage.store).filter(machine => seatOf(machine) !== undefined)
  if (claim?.tags['mesos-bakery:formed'] !== 'true') stage.formed = 0
  else if (stage.formed === 0) stage.formed = leaders[0] === undefined ? 0 : numberOf(leaders[0])
}

/** The rules of docs/design.md, checked after every call. */
function check(stage: Stage, actor: Actor, action: string): void {
  const leaders = alive(stage.store).filter(machine => seatOf(machine) !== undefined)
  const seats = leaders.map(seatOf)
  const broken = (rule: string) => {
    throw new Broken(
      `${rule}, after ${action} of ${actor.name}\n${stage.world.trace
        .filter(line => !/ describe| get/.test(line))
        .slice(-60)
        .join('\n')}`,
    )
  }
  if (new Set(seats).size < seats.length) broken(`two machines hold one seat: ${seats.sort().join(', ')}`)
  const numbers = [...new Set(leaders.map(numberOf))]
  if (numbers.length > 1) broken(`leaders for ${numbers.join(' and ')} run side by side`)
  if (new Set(leaders.map(agreement)).size > 1) broken('leaders run that do not agree')
  if (action === 'runInstances') startsBesideQuorum(stage, actor, leaders, broken)
  if (action === 'revokeSecurityGroupIngress') keepsPortsOpen(stage, broken)
  noteFormation(stage)
}

const agreements = new Map<string, string>()

function agreement({ userData }: Machine): string {
  const known = agreements.get(userData) ?? JSON.stringify(agreedIn(userData))
  agreements.set(userData, known)
  return known
}

/**
 * The newest leader was started while a quorum of others was running, unless the cluster is new or is being recovered.
 */
function startsBesideQuorum(
  stage: Stage,
  actor: Actor,
  leaders: readonly Machine[],
  broken: (rule: string) => void,
): void {
  const { store, formed } = stage
  const newest = [...store.machines.values()].at(-1)
  if (newest === undefined || seatOf(newest) === undefined || formed === 0 || stage.recovering.has(actor))
    return
  if (newest.madeAt !== store.world.clock.now()) return
  const before = stage.started.get(actor)
  stage.started.set(actor, newest)
  if (before !== undefined && stateOf(store, before) === 'pending') broken('two leaders are filled at once')
  // The launch observed the others a few moments earlier.
  const lately = store.world.clock.now() - 5_000
  const others = [...store.machines.values()].filter(
    machine =>
      seatOf(machine) !== undefined &&
      machine !== newest &&
      (machine.endedAt ?? Number.POSITIVE_INFINITY) > lately,
  )
  if (leaders.length > 0 && others.length < quorumOf(formed))
    broken(`a leader starts beside ${others.length} of ${formed}`)
}

/** Every running instance can be reached on the ports of its user data. */
function keepsPortsOpen({ store }: Stage, broken: (rule: string) => void): void {
  const byRole = new Map([...store.groups.values()].map(group => [group.tags['mesos-bakery:role'], group]))
  for (const machine of alive(store)) {
    if (machine.endedAt !== undefined) continue
    for (const { to, from, protocol, first, last } of openings.get(
      machine.tags['mesos-bakery:user-data'] ?? '',
    ) ?? []) {
      const key = `${byRole.get(from)?.id}:${protocol}:${first}-${last}`
      if (byRole.get(to)?.rules.has(key) === false)
        broken(`${machine.id} listens on ${first}, which is closed`)
    }
  }
}

/** Terminates instances from outside, like a failing zone or a user. */
export function endOutside(stage: Stage, machines: readonly Machine[]): void {
  for (const machine of machines) {
    stage.world.trace.push(`${machine.id} (${seatOf(machine) ?? machine.pool}) ends from outside`)
    end(stage.store, machine)
  }
}

export function leadersOf({ store }: Stage): readonly Machine[] {
  return alive(store).filter(machine => seatOf(machine) !== undefined && machine.endedAt === undefined)
}

/** The number of existing resources of the cluster. */
export function standing({ store }: Stage) {
  const named = <T extends { readonly tags: Record<string, string> }>(all: Iterable<T>) =>
    [...all].filter(({ tags }) => tags['mesos-bakery:cluster'] !== undefined).length
  return {
    machines: alive(store).filter(machine => stateOf(store, machine) !== 'shutting-down').length,
    interfaces: store.interfaces.size,
    groups: named(store.groups.values()),
    templates: named(store.templates.values()),
    pools: store.pools.size,
    roles: store.roles.size,
    profiles: store.profiles.size,
  }
}

/** Runs commands one after the other, and returns how each ended. */
export async function alone(
  stage: Stage,
  name: string,
  run: (actor: Actor) => Promise<Ending>,
): Promise<Ending> {
  return stage.world.finish(run(makeActor(name)))
}

export { type Actor, goOn, makeActor }
