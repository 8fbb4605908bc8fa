import { type Cluster, nodesOf } from '../../cluster/cluster.ts'
import { type ConsoleReport, isNewer, linesOn, readConsole } from '../../health/console.ts'
import { electedIn } from '../../health/elected.ts'
import { type Health, healthOf } from '../../health/health.ts'
import { healthyLeaders } from '../../health/replaceable.ts'
import { expectedOf, type Seen } from '../../health/seen.ts'
import { Path } from '../../inventory/problem-path.ts'
import type { Problem } from '../../inventory/problems.ts'
import { type ActualMachines, holdsSeat, isRunning, type SeatMachine } from '../../plan/machines.ts'
import { type Standing, type Status, standingOf } from '../../plan/status.ts'

// Instances report on their serial consoles. What the consoles say is judged here; `api/consoles.ts` reads them.

/** How long a report counts, in milliseconds. A node reports every 15 s. */
const validity = 60_000

/** How many consoles are read at a time. EC2 allows 20 such calls per second in an account (API request throttling). */
const readsAtATime = 20

/** What is known about an instance from its console, after one or more readings. */
export interface Hearing {
  /** When the console was last read, in milliseconds since 1970. */
  readonly readAt: number
  /** The end of the console, without its reports. */
  readonly lastLines: string
  /** Why the console cannot be read. */
  readonly unreadable?: string | undefined
  readonly newest?: ConsoleReport | undefined
  /** When the newest report was written, as far as is known; undefined until another report shows that the node still
   * reports. In milliseconds since 1970, by the clock of this machine. */
  readonly reportedAt?: number | undefined
}

/** What EC2 returned for a console. */
export type Reading = { readonly text: string } | { readonly unreadable: string }

/**
 * Adds a reading to what is known about an instance. A report that is older than a known one is ignored.
 *
 * @param anew whether a report counts only after another one has followed it, whatever the clock of the node says
 */
export function hear(before: Hearing | undefined, reading: Reading, now: number, anew = false): Hearing {
  if ('unreadable' in reading)
    return { lastLines: '', ...before, readAt: now, unreadable: reading.unreadable }
  const newest = readConsole(reading.text)
  const known = { readAt: now, lastLines: linesOn(reading.text, 8).join('\n') }
  if (newest === undefined) return { ...before, ...known, unreadable: undefined }
  if (before?.newest === undefined)
    return { ...known, newest, reportedAt: anew ? undefined : timeOf(newest, now) }
  if (isNewer(newest, before.newest)) return { ...known, newest, reportedAt: now }
  // The full report may have been torn, and repeated since.
  const same = newest.sequence === before.newest.sequence && newest.boot === before.newest.boot
  return { ...before, ...known, unreadable: undefined, ...(same && { newest }) }
}

/** The time of a report, unless it is old or the clock of the node is wrong, which cannot be distinguished. */
function timeOf({ time }: ConsoleReport, now: number): number | undefined {
  return Math.abs(now - time * 1_000) <= validity ? Math.min(now, time * 1_000) : undefined
}

type Hearings = ReadonlyMap<string, Hearing>

/** Whether the report of an instance is recent. */
function isFresh({ reportedAt }: Hearing, now: number): boolean {
  return reportedAt !== undefined && now - reportedAt <= validity
}

/** Whether a second reading may show that an instance still reports: its newest report is old or its clock is wrong. */
export function isInDoubt(hearing: Hearing | undefined): boolean {
  return hearing?.newest !== undefined && hearing.reportedAt === undefined
}

/** The age of the newest report, in seconds. Undefined if there is none, or if only the clock of the node tells it. */
export function ageOf(hearing: Hearing | undefined, now: number): number | undefined {
  if (hearing?.reportedAt === undefined) return undefined
  return Math.round((now - hearing.reportedAt) / 1_000)
}

/** How far the clock of a node was ahead when it reported, in seconds. Undefined if that is not known. */
export function aheadOf(hearing: Hearing | undefined): number | undefined {
  if (hearing?.reportedAt === undefined || hearing.newest === undefined) return undefined
  return hearing.newest.time - hearing.reportedAt / 1_000
}

type Heard = Pick<Seen, 'reason' | 'report'>

function heardFrom(hearing: Hearing | undefined, now: number): Heard {
  const without = (reason: string): Heard => ({ reason, report: undefined })
  if (hearing === undefined) return without('its console has not been read')
  const { newest, unreadable, lastLines } = hearing
  if (newest !== undefined && isFresh(hearing, now)) {
    if (newest.report !== undefined) return { reason: undefined, report: newest.report }
    return without('its report was interrupted by other messages on its console')
  }
  if (unreadable !== undefined) return without(unreadable)
  if (newest === undefined)
    return without(
      `has not reported yet${lastLines === '' ? '' : '; images of earlier releases do not report'}`,
    )
  const minutes = Math.round((now / 1_000 - newest.time) / 60)
  return without(`has stopped reporting; its last report is ${minutes} min old by its own clock`)
}

/** A follower: an instance of a pool, or one that its pool lacks. */
export interface Follower {
  /** The ID of the instance, or the name of the pool that lacks it. */
  readonly name: string
  readonly pool: string
  /** Undefined if the pool lacks it. */
  readonly id: string | undefined
}

/** The instances of all pools of a cluster that are in service, and those that the pools lack. */
export function followersOf(cluster: Cluster, { pools }: ActualMachines): readonly Follower[] {
  return cluster.pools.flatMap(({ name, min }) => {
    const pool = pools.find(one => one.name === name)
    const ids = (pool?.machines ?? []).flatMap(({ id, inService }) => (inService ? [id] : []))
    const lacking = Math.max(0, (pool?.desired ?? min) - ids.length)
    return [
      ...ids.map(id => ({ name: id, pool: name, id })),
      ...Array.from({ length: lacking }, () => ({ name, pool: name, id: undefined })),
    ]
  })
}

/** The instance of each seat, by the name of the seat. */
export function holdersOf(cluster: Cluster, { machines }: ActualMachines): ReadonlyMap<string, SeatMachine> {
  return new Map(
    cluster.seats.flatMap(({ name, seat }) => {
      const holder = machines.find(machine => machine.seat === seat && holdsSeat(machine))
      return holder === undefined ? [] : [[name, holder] as const]
    }),
  )
}

/**
 * The health of a cluster according to the consoles of its instances. While the elected master counts every follower as
 * registered, its count stands for the followers whose consoles have not been read.
 *
 * @param now in milliseconds since 1970
 */
export function healthOn(cluster: Cluster, actual: ActualMachines, hearings: Hearings, now: number): Health {
  const followers = followersOf(cluster, actual)
  const looks = new Map<string, Omit<Seen, 'name' | 'leads' | 'follows'>>()
  for (const [name, { id, state, reason }] of holdersOf(cluster, actual)) {
    looks.set(
      name,
      state === 'running'
        ? { state, ...heardFrom(hearings.get(id), now) }
        : { state: state === 'pending' ? 'running' : 'ended', reason: reason ?? state, report: undefined },
    )
  }
  const all = areAllRegistered(cluster, followers.length, looks)
  for (const { name, pool, id } of followers) {
    const heard =
      id === undefined
        ? { reason: actual.pools.find(one => one.name === pool)?.trouble, report: undefined }
        : heardFrom(hearings.get(id), now)
    const counted = all && id !== undefined && heard.report === undefined
    looks.set(name, { state: id === undefined ? 'missing' : 'running', ...heard, counted })
  }
  return healthOf(
    cluster,
    followers.map(({ name }) => name),
    name => looks.get(name),
  )
}

function areAllRegistered(
  cluster: Cluster,
  inPools: number,
  looks: ReadonlyMap<string, Omit<Seen, 'name' | 'leads' | 'follows'>>,
): boolean {
  const leaders = [...looks].map(([name, look]) => ({ name, leads: true, follows: false, ...look }))
  const elected = electedIn(leaders)
  const registered = elected[0]?.report?.master?.slaves ?? 0
  return elected.length === 1 && registered >= expectedOf(cluster, inPools).followers
}

/**
 * The instances whose consoles to read next: every leader, and as many followers as fit that are not known to be
 * registered, those first that have not been read for longest. If there are more, the first round reads leaders only,
 * because the elected master may count all followers.
 *
 * @param health judged by the readings so far
 */
export function nextToRead(
  cluster: Cluster,
  actual: ActualMachines,
  hearings: Hearings,
  { seen }: Health,
): readonly string[] {
  const leaders = [...holdersOf(cluster, actual).values()].filter(isRunning).map(({ id }) => id)
  const settled = new Set(
    seen.flatMap(({ name, counted, report }) =>
      counted === true || report?.agent?.registered === true ? [name] : [],
    ),
  )
  const readAt = (id: string) => hearings.get(id)?.readAt ?? 0
  const others = followersOf(cluster, actual)
    .flatMap(({ name, id }) => (id === undefined || settled.has(name) ? [] : [id]))
    .sort((a, b) => readAt(a) - readAt(b))
  if (hearings.size === 0 && leaders.length + others.length > readsAtATime) return leaders
  return [...leaders, ...others.slice(0, readsAtATime - leaders.length)]
}

/**
 * How much of a cluster is running. Leaders whose consoles contain no report or cannot be read are neither healthy nor
 * a reason for an alarm.
 */
export function standingOn(
  cluster: Cluster,
  actual: ActualMachines,
  hearings: Hearings,
  { status, health: { seen, gates } }: { readonly status: Status; readonly health: Health },
): Standing {
  const machines = standingOf(status)
  if (machines === 'without quorum') return machines
  if (gates.every(({ state }) => state === 'green')) return machines
  const unknown = [...holdersOf(cluster, actual).values()].filter(
    ({ id }) => hearings.get(id)?.newest === undefined || hearings.get(id)?.unreadable !== undefined,
  )
  const healthy = healthyLeaders(seen, expectedOf(cluster, 0))
  return healthy + unknown.length >= cluster.quorum ? 'incomplete' : 'without quorum'
}

interface Types {
  readonly cluster: Cluster
  readonly silentTypes?: readonly string[] | undefined
}

/** The groups whose instances cannot be heard, because their consoles cannot be read while they run. */
export function silentWarnings({ cluster, silentTypes = [] }: Types): readonly Problem[] {
  const silent = nodesOf(cluster).filter(({ machine }) => silentTypes.includes(machine.instanceType))
  const groups = new Map(silent.map(({ group, machine }) => [group, machine.instanceType]))
  return [...groups].map(([group, type]) => ({
    code: 'W035',
    path: Path.inInventory('groups', group, 'instance_type'),
    message: `${type} does not use the Nitro System, so the health of its nodes will not be known`,
    help: 'choose a current instance type',
  }))
}
