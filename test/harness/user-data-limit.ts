import type { AwsRequest, Backend } from './aws-call.ts'
import { type AwsError, errorReply } from './aws-errors.ts'

const LIMIT_BYTES = 16_384
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

/** EC2 rejects more than 16,384 bytes before base64 encoding (EC2 user guide, "user data"); moto accepts any size. */
export function userDataLimit(upstream: Backend): Backend {
  return async request => {
    const error = problem(request)
    return error ? errorReply(request, error) : upstream(request)
  }
}

function problem({ params }: AwsRequest): AwsError | undefined {
  const encoded = params.UserData ?? params['LaunchTemplateData.UserData']
  if (encoded === undefined) return
  if (!BASE64.test(encoded)) {
    return {
      status: 400,
      code: 'InvalidUserData.Malformed',
      message: 'Invalid BASE64 encoding of user data.',
    }
  }
  if (Buffer.from(encoded, 'base64').length <= LIMIT_BYTES) return
  return {
    status: 400,
    code: 'InvalidParameterValue',
    message: `User data is limited to ${LIMIT_BYTES} bytes`,
  }
}
