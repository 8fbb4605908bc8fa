import type { AwsRequest, Reply } from './aws-call.ts'

export interface AwsError {
  status: number
  code: string
  message: string
}

/** An error in the wire format of the service. */
export function errorReply(request: AwsRequest, error: AwsError): Reply {
  if (request.service === 'ssm') {
    const body = JSON.stringify({ __type: error.code, message: error.message })
    return reply(error.status, 'application/x-amz-json-1.1', body)
  }
  const inner = `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`
  if (request.service === 's3') return reply(error.status, 'application/xml', `<Error>${inner}</Error>`)
  const body =
    request.service === 'ec2'
      ? `<Response><Errors><Error>${inner}</Error></Errors><RequestID>test</RequestID></Response>`
      : `<ErrorResponse><Error><Type>Sender</Type>${inner}</Error><RequestId>test</RequestId></ErrorResponse>`
  return reply(error.status, 'text/xml', body)
}

/** Throttling. EC2 responds with status 503, the others with 400. */
export function throttled({ service }: AwsRequest): AwsError {
  if (service === 'ec2')
    return { status: 503, code: 'RequestLimitExceeded', message: 'Request limit exceeded.' }
  const code = service === 'ssm' ? 'ThrottlingException' : 'Throttling'
  return { status: 400, code, message: 'Rate exceeded' }
}

/** A valid credential without permission for the call. */
export function denied({ service, action }: AwsRequest): AwsError {
  const user = 'User: arn:aws:iam::123456789012:user/tester'
  const why = `is not authorized to perform: ${service}:${action}`
  const because = 'because no identity-based policy allows the action'
  if (service === 'ec2') {
    const message = `You are not authorized to perform this operation. ${user} ${why} ${because}`
    return { status: 403, code: 'UnauthorizedOperation', message }
  }
  const message = `${user} ${why} ${because}`
  if (service === 'ssm') return { status: 400, code: 'AccessDeniedException', message }
  return { status: 403, code: 'AccessDenied', message }
}

/** A credential that is invalid or has expired. */
export function refused({ service }: AwsRequest): AwsError {
  if (service === 'ec2') {
    const message = 'AWS was not able to validate the provided access credentials'
    return { status: 401, code: 'AuthFailure', message }
  }
  const message = 'The security token included in the request is invalid.'
  if (service === 'ssm') return { status: 400, code: 'UnrecognizedClientException', message }
  return { status: 403, code: 'InvalidClientTokenId', message }
}

function reply(status: number, type: string, text: string): Reply {
  return { status, headers: { 'content-type': type }, body: Buffer.from(text) }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
