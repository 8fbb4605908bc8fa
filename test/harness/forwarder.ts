import type { AwsRequest, Backend, Reply } from './aws-call.ts'
import { errorReply } from './aws-errors.ts'

/** Passes calls on to moto. */
export function forwarder(upstream: string): Backend {
  return async request => {
    const reply = await fetch(upstream + request.path, {
      method: request.method,
      headers: endToEnd(request.headers),
      ...(!['GET', 'HEAD'].includes(request.method) && { body: request.body }),
    })
    const type = reply.headers.get('content-type') ?? 'text/xml'
    const body = Buffer.from(await reply.arrayBuffer())
    if (reply.status === 500 && type.startsWith('text/html')) return broken(request)
    const own = [...reply.headers].filter(([name]) => name.startsWith('x-amz-'))
    return { status: reply.status, headers: { ...Object.fromEntries(own), 'content-type': type }, body }
  }
}

/** moto broke: a page of HTML, which an SDK would call a parse error. A 501 isn't tried again. */
function broken(request: AwsRequest): Reply {
  const message = `moto broke or lacks ${request.service} ${request.action}: see its traceback above`
  return errorReply(request, { status: 501, code: 'StandInBroke', message })
}

/** The headers of one connection are fetch's own business. */
function endToEnd(headers: Record<string, string>): Record<string, string> {
  const {
    host,
    connection,
    expect,
    'content-length': length,
    'transfer-encoding': encoding,
    ...others
  } = headers
  return others
}
