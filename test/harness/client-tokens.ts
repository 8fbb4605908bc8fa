import { type AwsRequest, type Backend, isSuccess, type Reply, withParams } from './aws-call.ts'
import { errorReply } from './aws-errors.ts'

interface First {
  params: string
  reply: Promise<Reply>
}

const TOKEN_ACTIONS = new Set(['RunInstances', 'CreateLaunchTemplate', 'CreateLaunchTemplateVersion'])

/**
 * Honours client tokens as EC2 does and moto doesn't (EC2 API reference, "Ensuring idempotency"): the same
 * token and parameters get the first reply again, also while the first call is still under way; other
 * parameters get `IdempotentParameterMismatch`; a token whose instances are gone gets
 * `IdempotentInstanceTerminated`.
 */
export function clientTokens(upstream: Backend): Backend {
  const seen = new Map<string, First>()
  return request => {
    const { ClientToken, ...others } = request.params
    if (!ClientToken || !TOKEN_ACTIONS.has(request.action)) return upstream(request)
    const key = `${request.action} ${ClientToken}`
    const params = JSON.stringify(Object.entries(others).sort())
    const first = seen.get(key)
    if (first) return again(upstream, request, first, params)
    const reply = upstream(request)
    seen.set(key, { params, reply })
    return forgetFailure(reply, () => seen.delete(key))
  }
}

/** A call that failed made nothing, so its token is free again. */
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

async function again(upstream: Backend, request: AwsRequest, first: First, params: string): Promise<Reply> {
  const reply = await first.reply
  if (params !== first.params) {
    const message =
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).'
    return errorReply(request, { status: 400, code: 'IdempotentParameterMismatch', message })
  }
  if (request.action === 'RunInstances' && (await areGone(upstream, request, instanceIds(reply)))) {
    const message = 'The client token belongs to an instance that has been terminated.'
    return errorReply(request, { status: 400, code: 'IdempotentInstanceTerminated', message })
  }
  return reply
}

async function areGone(upstream: Backend, request: AwsRequest, ids: string[]): Promise<boolean> {
  const named = ids.map((id, index) => [`InstanceId.${index + 1}`, id])
  const params = { Action: 'DescribeInstances', Version: '2016-11-15', ...Object.fromEntries(named) }
  const text = (await upstream(withParams(request, params))).body.toString()
  return !/<name>(pending|running|stopping|stopped)<\/name>/.test(text)
}

function instanceIds(reply: Reply): string[] {
  return [...reply.body.toString().matchAll(/<instanceId>(i-\w+)<\/instanceId>/g)].map(([, id = '']) => id)
}
