import { type AwsRequest, edited, type Reply } from './aws-call.ts'
import { type AwsError, denied, throttled } from './aws-errors.ts'

/** What goes wrong with a call. `applied` says whether it takes effect all the same. */
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

/** Which of the calls that match are hit: after `skip` of them, `times` of them. Else each one. */
export interface Which {
  skip?: number
  times?: number
}

/** Every call takes `ms` longer: the round trip to a far region. */
export function delay(ms: number): Fault {
  return fault('*', { kind: 'delay', ms })
}

/** Answered `RequestLimitExceeded` by EC2 and `Throttling` by the others, without taking effect. */
export function throttle(action: string, which?: Which): Fault {
  return fault(action, { kind: 'error', error: throttled }, which)
}

/** Answered `UnauthorizedOperation` by EC2 and `AccessDenied` by the others. */
export function deny(action: string, which?: Which): Fault {
  return fault(action, { kind: 'error', error: denied }, which)
}

/** Answered with an error of the test's choice, without taking effect. */
export function fail(action: string, error: AwsError, which?: Which): Fault {
  return fault(action, { kind: 'error', error: () => error }, which)
}

/** Takes effect, but the connection breaks before the answer. */
export function dropReply(action: string, which?: Which): Fault {
  return fault(action, { kind: 'cut', applied: true }, which)
}

/** The connection breaks before the call takes effect. */
export function cut(action: string, which?: Which): Fault {
  return fault(action, { kind: 'cut', applied: false }, which)
}

/** No effect, and no answer while the client stays connected. */
export function hang(action: string, which?: Which): Fault {
  return fault(action, { kind: 'hang', applied: false }, which)
}

/** Takes effect, but there is no answer while the client stays connected. */
export function hangAfter(action: string, which?: Which): Fault {
  return fault(action, { kind: 'hang', applied: true }, which)
}

/** Runs something of the test's, such as killing the product, before the call takes effect. */
export function hook(
  action: string,
  run: (request: AwsRequest) => void | Promise<void>,
  which?: Which,
): Fault {
  return fault(action, { kind: 'hook', run }, which)
}

/** Answered with a reply that was changed on its way. */
export function edit(action: string, change: (text: string) => string, which?: Which): Fault {
  return fault(action, { kind: 'edit', edit: reply => edited(reply, change) }, which)
}

/** Machines that run are shown as pending, as they are for some seconds, in the next `times` descriptions. */
export function pending(times: number): Fault {
  const running = /<code>16<\/code>\s*<name>running<\/name>/g
  const shown = '<code>0</code><name>pending</name>'
  return edit('DescribeInstances', text => text.replaceAll(running, shown), { times })
}

/**
 * A new instance isn't there yet for the first `times` calls that describe instances by their ids
 * (EC2 API reference, "Eventual consistency").
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

/** Pools get no machine, as where EC2 has no room: they stay empty, and their activities say why. */
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

/** The first page of a listing is empty and not the last, as EC2 may answer where there are filters. */
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
