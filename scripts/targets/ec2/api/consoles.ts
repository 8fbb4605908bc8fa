import type { Cluster } from '../../../cluster/cluster.ts'
import type { Blame } from '../../../health/gate.ts'
import { isUp } from '../../../health/gates.ts'
import { closedGates, type Health, NotUp } from '../../../health/health.ts'
import type { ActualMachines } from '../../../plan/machines.ts'
import {
  followersOf,
  type Hearing,
  healthOn,
  hear,
  holdersOf,
  isInDoubt,
  nextToRead,
  type Reading,
} from '../hearing.ts'
import type { Aws } from './connect.ts'
import { denied, unless } from './errors.ts'
import { observeMachines } from './survey.ts'

/** The health of a cluster, with what it is based on. */
export interface Listened {
  readonly actual: ActualMachines
  readonly hearings: ReadonlyMap<string, Hearing>
  readonly health: Health
  /** When the health was judged, in milliseconds since 1970. */
  readonly at: number
}

/** A report that is repeated every 15 s shows within this time whether its node still reports, in milliseconds. */
const doubt = 18_000

/** How many rounds of followers are read at the most, if the elected master does not count all of them. */
const rounds = 6

/**
 * Reads the consoles of a cluster until its health is known: those of the leaders, and those of followers while the
 * elected master does not count all followers as registered. If the credentials do not permit this, the nodes have no
 * reports.
 *
 * @param anew whether only reports count that were written after this call
 */
export async function listen(
  aws: Aws,
  cluster: Cluster,
  actual: ActualMachines,
  anew = false,
): Promise<Listened> {
  const { clock } = aws
  const hearings = new Map<string, Hearing>()
  const began = clock.now()
  const read = (id: string) =>
    unless(denied, readConsoleOf(aws, id), (): Reading => ({ unreadable: notPermitted }))
  for (let round = 1; ; round += 1) {
    const listened = await readRound(aws, cluster, actual, hearings, read, () => anew)
    const next = nextToRead(cluster, actual, hearings, listened.health)
    const unread = round < rounds && next.some(id => !hearings.has(id))
    const doubtful = next.some(id => isInDoubt(hearings.get(id))) && clock.now() - began < doubt
    if (!unread && !doubtful) return listened
    await clock.sleep(unread ? 1_000 : 3_000)
  }
}

/**
 * Waits until every gate is green, and reports the gates after each round of readings, once per second.
 *
 * @param restarted instances whose consoles may still show reports from before their restart
 * @param timeout in milliseconds
 * @throws NotUp after the timeout, or if waiting will not help
 */
export async function awaitHealth(
  aws: Aws,
  cluster: Cluster,
  restarted: ReadonlySet<string>,
  timeout: number,
  tell: (health: Health) => void,
): Promise<Listened> {
  const { clock } = aws
  const end = clock.now() + timeout
  const hearings = new Map<string, Hearing>()
  let actual = await observeMachines(aws, cluster.name)
  for (let round = 1; ; round += 1) {
    const began = clock.now()
    if (round % 5 === 0) actual = await observeMachines(aws, cluster.name)
    const read = (id: string) => readConsoleOf(aws, id)
    const listened = await readRound(aws, cluster, actual, hearings, read, id => restarted.has(id))
    tell(listened.health)
    const { gates } = listened.health
    if (isUp(gates) || isSilent(cluster, listened)) return listened
    if (gates.some(({ state }) => state === 'failed') || clock.now() > end) {
      const linesOf = async ({ node, unit }: Blame) => logOf(cluster, listened, node, unit)
      throw new NotUp(await closedGates(listened.health, linesOf))
    }
    await clock.sleep(Math.max(0, began + 1_000 - clock.now()))
  }
}

/** Whether the console of a leader cannot be read, so that waiting would not help. */
function isSilent(cluster: Cluster, { actual, hearings }: Listened): boolean {
  const holders = [...holdersOf(cluster, actual).values()]
  return holders.some(({ id }) => hearings.get(id)?.unreadable !== undefined)
}

/** The last lines about any unit of a node that fails; if there are none, the end of its console. */
export function endOf(cluster: Cluster, listened: Listened, node: string): string {
  const { actual, hearings } = listened
  const id = holdersOf(cluster, actual).get(node)?.id ?? node
  const hearing = hearings.get(id)
  const logs = Object.entries(hearing?.newest?.report?.logs ?? {})
  if (logs.length === 0) return hearing?.lastLines ?? ''
  return logs.flatMap(([unit, lines]) => [`${unit}:`, ...lines.map(line => `  ${line}`)]).join('\n')
}

/** The last lines about a unit in the report of a node; if it has none, the end of its console. */
function logOf(
  cluster: Cluster,
  { actual, hearings }: Listened,
  node: string,
  unit: string | undefined,
): string {
  const id =
    holdersOf(cluster, actual).get(node)?.id ??
    followersOf(cluster, actual).find(({ name }) => name === node)?.id
  const hearing = id === undefined ? undefined : hearings.get(id)
  const report = hearing?.newest?.report
  if (report === undefined) return hearing?.lastLines ?? ''
  return (report.logs?.[unit ?? ''] ?? []).join('\n')
}

async function readRound(
  aws: Aws,
  cluster: Cluster,
  actual: ActualMachines,
  hearings: Map<string, Hearing>,
  read: (id: string) => Promise<Reading | undefined>,
  anew: (id: string) => boolean,
): Promise<Listened> {
  const before = healthOn(cluster, actual, hearings, aws.clock.now())
  const ids = nextToRead(cluster, actual, hearings, before)
  const readings = await Promise.all(ids.map(async id => [id, await read(id)] as const))
  const at = aws.clock.now()
  for (const [id, reading] of readings) {
    if (reading !== undefined) hearings.set(id, hear(hearings.get(id), reading, at, anew(id)))
  }
  return { actual, hearings, health: healthOn(cluster, actual, hearings, at), at }
}

const needsNitro = 'its console cannot be read, because its instance type does not use the Nitro System'
const notPermitted = 'its console cannot be read, because the credentials do not permit ec2:GetConsoleOutput'

/**
 * The last 64 KB of the console of an instance (EC2 API reference, GetConsoleOutput; `Latest` is supported by instance
 * types with the Nitro System). Undefined if EC2 did not answer this time.
 */
async function readConsoleOf(aws: Aws, id: string): Promise<Reading | undefined> {
  const ec2 = await aws.ec2()
  const read = ec2
    .getConsoleOutput({ InstanceId: id, Latest: true })
    .then(({ Output = '' }): Reading => ({ text: Buffer.from(Output, 'base64').toString('latin1') }))
  const known = unless(/^UnsupportedOperation$/, read, (): Reading => ({ unreadable: needsNitro }))
  // A new instance is not visible everywhere yet, or the calls of the account are throttled.
  return unless(/^(InvalidInstanceID\.NotFound|RequestLimitExceeded|Throttling.*)$/, known, () => undefined)
}
