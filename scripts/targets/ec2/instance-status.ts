import { tag } from '../../cluster/tags.ts'
import type { MachineWarning } from '../../health/health.ts'
import type { ActualMachines } from './actual.ts'

/** A scheduled event or a failed status check of an instance. */
export interface InstanceWarning extends MachineWarning {
  /** The ID of the event. Undefined for a status check. */
  readonly event?: string | undefined
}

/** The warnings about the instances of a cluster, by the ID of the instance. */
export type InstanceWarnings = ReadonlyMap<string, readonly InstanceWarning[]>

/** What EC2 says about an instance (EC2 API reference, DescribeInstanceStatus). */
export interface DescribedStatus {
  readonly Events?: readonly DescribedEvent[] | undefined
  readonly SystemStatus?: DescribedCheck | undefined
  readonly InstanceStatus?: DescribedCheck | undefined
}

interface DescribedEvent {
  readonly InstanceEventId?: string | undefined
  readonly Code?: string | undefined
  readonly Description?: string | undefined
  readonly NotBefore?: Instant | undefined
}

interface Instant {
  readonly toISOString: () => string
}

interface DescribedCheck {
  readonly Status?: string | undefined
  readonly Details?: readonly { readonly ImpairedSince?: Instant | undefined }[] | undefined
}

/** The shown explanation if the credentials do not permit reading the warnings. */
export const warningsNotPermitted =
  'scheduled events and status checks are not known, because the credentials do not permit ec2:DescribeInstanceStatus'

/** The running instances of a cluster, which EC2 checks. */
export function checkedInstances({ machines, pools }: ActualMachines): readonly string[] {
  return [
    ...machines.flatMap(({ id, state }) => (state === 'running' ? [id] : [])),
    ...pools.flatMap(pool => pool.machines.flatMap(({ id, inService }) => (inService ? [id] : []))),
  ]
}

/**
 * The scheduled events of an instance, and its failed status checks. A check that has not completed since the start of
 * the instance (`initializing`), or for which EC2 lacks data, has not failed.
 */
export function warningsOf({
  Events = [],
  SystemStatus,
  InstanceStatus,
}: DescribedStatus): readonly InstanceWarning[] {
  return [
    ...Events.flatMap(eventWarning),
    ...checkWarning('system', SystemStatus),
    ...checkWarning('instance', InstanceStatus),
  ]
}

/** EC2 lists events for some days after they have ended, and puts this before their description. */
const hasEnded = /^\[(Completed|Canceled)\]/

function eventWarning(event: DescribedEvent): readonly InstanceWarning[] {
  const { InstanceEventId, Code = 'event', Description = '', NotBefore } = event
  if (hasEnded.test(Description)) return []
  const time = NotBefore?.toISOString() ?? null
  const on = time === null ? '' : ` on ${time.slice(0, 'YYYY-MM-DD'.length)}`
  return [{ code: Code, time, message: `${Code.replaceAll('-', ' ')}${on}`, event: InstanceEventId }]
}

function checkWarning(what: 'system' | 'instance', check: DescribedCheck | undefined) {
  if (check?.Status !== 'impaired') return []
  const [since] = (check.Details ?? []).flatMap(({ ImpairedSince }) => ImpairedSince ?? [])
  const time = since?.toISOString() ?? null
  const from = time === null ? '' : ` since ${time.replace(/\.\d+Z$/, 'Z')}`
  return [{ code: `${what}-status`, time, message: `${what} status check failed${from}` }]
}

/**
 * The warnings without the events for which a leader's instance was restarted already: EC2 may list them for some time
 * after the instance has moved to another host.
 */
export function openWarnings(warnings: InstanceWarnings, { machines }: ActualMachines): InstanceWarnings {
  const open = [...warnings].map(([id, all]) => {
    const handled = machines.find(one => one.id === id)?.placement?.tags[tag.restartedFor]?.split(' ')
    return [id, all.filter(({ event = '' }) => handled?.includes(event) !== true)] as const
  })
  return new Map(open.filter(([, left]) => left.length > 0))
}

/** The warnings without those about some instances. */
export function without(
  warnings: InstanceWarnings | undefined,
  ids: ReadonlySet<string>,
): InstanceWarnings | undefined {
  return warnings && new Map([...warnings].filter(([id]) => !ids.has(id)))
}
