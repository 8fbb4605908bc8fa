import type { AwsRequest, Backend, Reply } from './aws-call.ts'
import { errorReply } from './aws-errors.ts'

/** Forwards calls to moto. */
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

/** moto failed with an HTML page, which an SDK would report as a parse error. A 501 is not retried. */
function broken(request: AwsRequest): Reply {
  const message = `moto broke or lacks ${request.service} ${request.action}: see its traceback above`
  return errorReply(request, { status: 501, code: 'StandInBroke', message })
}

/** Removes the hop-by-hop headers, which fetch handles. */
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
