/** The content of an HTTP request to AWS, independent of the wire format. */
export interface AwsRequest {
  service: string
  action: string
  /** The query parameters. For a JSON service, the members, flattened in the same way (`Names.1`). */
  params: Record<string, string>
  accessKey: string
  method: string
  path: string
  headers: Record<string, string>
  body: Buffer
}

export interface Reply {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** A server for AWS requests: moto, or moto behind a layer that corrects it. */
export type Backend = (request: AwsRequest) => Promise<Reply>

/**
 * SSM uses JSON 1.1 (`X-Amz-Target`), S3 uses methods and paths, and the other services use the query protocol
 * (`Action=`).
 */
export function parseRequest(
  { method, path }: { method: string; path: string },
  headers: Record<string, string>,
  body: Buffer,
): AwsRequest {
  const [, accessKey = '', service = ''] =
    /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? []
  if (service === 's3') return { ...s3Call(method, path), service, accessKey, method, path, headers, body }
  const target = headers['x-amz-target']
  const params = target ? jsonParams(body) : Object.fromEntries(new URLSearchParams(body.toString()))
  const action = target ? target.slice(target.indexOf('.') + 1) : (params.Action ?? '')
  return { service, action, params, accessKey, method, path, headers, body }
}

/** The S3 operation of a request. */
function s3Call(method: string, path: string): Pick<AwsRequest, 'action' | 'params'> {
  const { pathname, searchParams } = new URL(path, 'http://s3')
  const [, Bucket = '', ...key] = decodeURIComponent(pathname).split('/')
  const what = key.join('/') === '' ? 'Bucket' : 'Object'
  const verb = { GET: 'Get', PUT: what === 'Bucket' ? 'Create' : 'Put', HEAD: 'Head', DELETE: 'Delete' }[
    method
  ]
  const list = searchParams.has('list-type') ? 'ListObjectsV2' : `${verb}${what}`
  const action = searchParams.has('tagging') ? `${list}Tagging` : list
  return { action, params: { ...Object.fromEntries(searchParams), Bucket, Key: key.join('/') } }
}

export function isSuccess(reply: Reply): boolean {
  return reply.status >= 200 && reply.status < 300
}

/** The reply with a modified body. */
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
