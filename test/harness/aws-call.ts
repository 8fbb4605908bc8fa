/** What one HTTP request asks of AWS, whichever wire format it came in. */
export interface AwsRequest {
  service: string
  action: string
  /** The query parameters; for a JSON service its members, flattened the same way (`Names.1`). */
  params: Record<string, string>
  accessKey: string
  path: string
  headers: Record<string, string>
  body: Buffer
}

export interface Reply {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** Anything that answers AWS requests: moto, or moto behind a layer that corrects it. */
export type Backend = (request: AwsRequest) => Promise<Reply>

/** SSM speaks JSON 1.1 (`X-Amz-Target`), the other services we call the query protocol (`Action=`). */
export function parseRequest(path: string, headers: Record<string, string>, body: Buffer): AwsRequest {
  const [, accessKey = '', service = ''] =
    /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? []
  const target = headers['x-amz-target']
  const params = target ? jsonParams(body) : Object.fromEntries(new URLSearchParams(body.toString()))
  const action = target ? target.slice(target.indexOf('.') + 1) : (params.Action ?? '')
  return { service, action, params, accessKey, path, headers, body }
}

/** The same query request with other parameters; EC2 and its like only. */
export function withParams(request: AwsRequest, params: Record<string, string>): AwsRequest {
  const body = Buffer.from(new URLSearchParams(params).toString())
  return { ...request, action: params.Action ?? request.action, params, body }
}

export function isSuccess(reply: Reply): boolean {
  return reply.status >= 200 && reply.status < 300
}

/** The reply with its text changed. */
export function edited(reply: Reply, edit: (text: string) => string): Reply {
  return { ...reply, body: Buffer.from(edit(reply.body.toString())) }
}

function jsonParams(body: Buffer): Record<string, string> {
  return Object.fromEntries(flat('', JSON.parse(body.toString() || '{}')))
}

function flat(prefix: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[prefix, String(value)]]
  const dot = prefix ? `${prefix}.` : ''
  if (Array.isArray(value)) return value.flatMap((item, index) => flat(`${dot}${index + 1}`, item))
  return Object.entries(value).flatMap(([key, item]) => flat(`${dot}${key}`, item))
}
