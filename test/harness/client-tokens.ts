import { type AwsRequest, type Backend, isSuccess, type Reply } from './aws-call.ts'
import { errorReply } from './aws-errors.ts'
import type { CloudClock } from './cloud-clock.ts'

interface First {
  params: string
  reply: Promise<Reply>
  at: number
}

const TOKEN_ACTIONS = new Set([
  'RunInstances',
  'CreateLaunchTemplate',
  'CreateLaunchTemplateVersion',
  'CreateNetworkInterface',
])

const VALID_MS = 24 * 60 * 60 * 1000

/**
 * Implements client tokens as in EC2, which moto does not (EC2 developer guide, "Ensuring idempotency"): the same token
 * and parameters return the first reply again, even while the first call is still in progress and after the resource
 * was deleted; different parameters return `IdempotentParameterMismatch`; a token whose instances are terminated
 * returns `IdempotentInstanceTerminated`. A token is valid for 24 hours, or for 24 hours after the termination of its
 * instances. A dry run neither uses nor stores a token.
 */
export function clientTokens(upstream: Backend, clock: CloudClock): Backend {
  const seen = new Map<string, First>()
  return async request => {
    const { ClientToken, ...others } = request.params
    if (!ClientToken || !TOKEN_ACTIONS.has(request.action) || others.DryRun === 'true')
      return upstream(request)
    const key = `${request.action} ${ClientToken}`
    const params = JSON.stringify(Object.entries(others).sort())
    const first = seen.get(key)
    if (first && !(await isForgotten(request, first, clock))) return again(request, first, params, clock)
    const reply = upstream(request)
    seen.set(key, { params, reply, at: clock.now() })
    return forgetFailure(reply, () => seen.delete(key))
  }
}

/** A call that failed created nothing, so its token can be used again. */
async function forgetFailure(reply: Promise<Reply>, forget: () => void): Promise<Reply> {
  try {
    const done = await reply
    if (!isSuccess(done)) forget()
    return done
  } catch (error) {
    forget()
    throw error
  }
}

async function isForgotten(request: AwsRequest, first: First, clock: CloudClock): Promise<boolean> {
  const since = request.action === 'RunInstances' ? await endOf(await first.reply, clock) : first.at
  return since !== undefined && since + VALID_MS <= clock.now()
}

async function again(request: AwsRequest, first: First, params: string, clock: CloudClock): Promise<Reply> {
  const reply = await first.reply
  if (params !== first.params) {
    const message =
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).'
    return errorReply(request, { status: 400, code: 'IdempotentParameterMismatch', message })
  }
  if (request.action === 'RunInstances' && (await endOf(reply, clock)) !== undefined) {
    const message = 'The client token belongs to an instance that has been terminated.'
    return errorReply(request, { status: 400, code: 'IdempotentInstanceTerminated', message })
  }
  return reply
}

/** When the last of the created instances was terminated. Undefined while one of them exists. */
async function endOf(reply: Reply, clock: CloudClock): Promise<number | undefined> {
  const ended = await clock.ended()
  const times = instanceIds(reply).map(id => ended[id] ?? Number.POSITIVE_INFINITY)
  const last = Math.max(...times)
  return Number.isFinite(last) ? last : undefined
}

function instanceIds(reply: Reply): string[] {
  return [...reply.body.toString().matchAll(/<instanceId>(i-\w+)<\/instanceId>/g)].map(([, id = '']) => id)
}
