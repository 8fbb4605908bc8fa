import { type AwsRequest, edited, type Reply } from './aws-call.ts'
import { type AwsError, denied, throttled } from './aws-errors.ts'

/** The effect of a fault on a call. `applied` is true if the call is carried out nevertheless. */
type Effect =
  | { kind: 'delay'; ms: number }
  | { kind: 'error'; error: (request: AwsRequest) => AwsError }
  | { kind: 'cut'; applied: boolean }
  | { kind: 'hang'; applied: boolean }
  | { kind: 'edit'; edit: (reply: Reply) => Reply }
  | { kind: 'hook'; run: (request: AwsRequest) => void | Promise<void> }

export interface Fault {
  matches: (request: AwsRequest) => boolean
  skip: number
  times: number
  effect: Effect
}

/**
 * Which of the matching calls are affected: after the first `skip` calls, the next `times` calls. Default: all of them.
 */
export interface Which {
  skip?: number
  times?: number
}

/** Every call takes `ms` longer, like the round trip to a distant region. */
export function delay(ms: number): Fault {
  return fault('*', { kind: 'delay', ms })
}

/** Responds with `RequestLimitExceeded` for EC2 and `Throttling` for the others, without carrying out the call. */
export function throttle(action: string, which?: Which): Fault {
  return fault(action, { kind: 'error', error: throttled }, which)
}

/** Responds with `UnauthorizedOperation` for EC2 and `AccessDenied` for the others. */
export function deny(action: string, which?: Which): Fault {
  return fault(action, { kind: 'error', error: denied }, which)
}

/** Responds with an error chosen by the test, without carrying out the call. */
export function fail(action: string, error: AwsError, which?: Which): Fault {
  return fault(action, { kind: 'error', error: () => error }, which)
}

/** Carries out the call, but the connection breaks before the response. */
export function dropReply(action: string, which?: Which): Fault {
  return fault(action, { kind: 'cut', applied: true }, which)
}

/** The connection breaks before the call is carried out. */
export function cut(action: string, which?: Which): Fault {
  return fault(action, { kind: 'cut', applied: false }, which)
}

/** Does not carry out the call, and does not respond while the client stays connected. */
export function hang(action: string, which?: Which): Fault {
  return fault(action, { kind: 'hang', applied: false }, which)
}

/** Carries out the call, but does not respond while the client stays connected. */
export function hangAfter(action: string, which?: Which): Fault {
  return fault(action, { kind: 'hang', applied: true }, which)
}

/** Runs code of the test, for example to kill the product, before the call is carried out. */
export function hook(
  action: string,
  run: (request: AwsRequest) => void | Promise<void>,
  which?: Which,
): Fault {
  return fault(action, { kind: 'hook', run }, which)
}

/** Modifies the response. */
export function edit(action: string, change: (text: string) => string, which?: Which): Fault {
  return fault(action, { kind: 'edit', edit: reply => edited(reply, change) }, which)
}

/** Describes running instances as pending, as during their first seconds, in the next `times` descriptions. */
export function pending(times: number): Fault {
  const running = /<code>16<\/code>\s*<name>running<\/name>/g
  const shown = '<code>0</code><name>pending</name>'
  return edit('DescribeInstances', text => text.replaceAll(running, shown), { times })
}

/**
 * A new instance is not found by the first `times` calls that describe instances by their IDs (EC2 API reference,
 * "Eventual consistency").
 */
export function instanceNotVisible(times: number): Fault {
  const error = ({ params }: AwsRequest): AwsError => ({
    status: 400,
    code: 'InvalidInstanceID.NotFound',
    message: `The instance ID '${params['InstanceId.1']}' does not exist`,
  })
  const described = fault('DescribeInstances', { kind: 'error', error }, { times })
  return { ...described, matches: request => described.matches(request) && 'InstanceId.1' in request.params }
}

/** Pools get no instances, as if EC2 lacked capacity: they stay empty, and their activities contain the reason. */
export function starved(why: string): Fault {
  const parts = `<StatusCode>Failed</StatusCode><StatusMessage>${why}</StatusMessage>`
  const activity = () => `<member>${parts}<StartTime>${new Date().toISOString()}</StartTime></member>`
  const change = (text: string) =>
    text
      .replaceAll(/<Instances>[\s\S]*?<\/Instances>/g, '<Instances/>')
      .replace(/<Activities\s*\/>|<Activities>\s*<\/Activities>/, `<Activities>${activity()}</Activities>`)
  const actions = ['DescribeAutoScalingGroups', 'DescribeScalingActivities']
  return { ...edit('*', change), matches: ({ action }) => actions.includes(action) }
}

/** The first page of a listing is empty but not the last one, which EC2 permits if there are filters. */
export function emptyFirstPage(action: string): Fault {
  const set = /<(securityGroupInfo|launchTemplates|instanceTypeSet|subnetSet)>[\s\S]*<\/\1>/
  const change = (text: string) =>
    text.replace(set, '<$1/>').replace(/<\/\w+Response>\s*$/, end => `<nextToken>more</nextToken>${end}`)
  const first = edit(action, change)
  const isFirst = ({ params }: AwsRequest) => 'Filter.1.Name' in params && !('NextToken' in params)
  return { ...first, matches: request => first.matches(request) && isFirst(request) }
}

/** `action` may be `*`, for every call. */
function fault(
  action: string,
  effect: Effect,
  { skip = 0, times = Number.POSITIVE_INFINITY }: Which = {},
): Fault {
  return { matches: request => action === '*' || request.action === action, skip, times, effect }
}
