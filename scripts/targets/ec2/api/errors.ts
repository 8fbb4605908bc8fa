import { Path } from '../../../inventory/problem-path.ts'
import { type Problem, Refused } from '../../../inventory/problems.ts'
import { TimedOut } from './wait.ts'

/** The code of an AWS error, such as `InvalidGroup.Duplicate`. Empty for other errors. */
function awsCode(error: unknown): string {
  return error instanceof Error && '$metadata' in error ? error.name : ''
}

/** Makes a call, and converts errors with a matching name to a result. */
export async function unless<T, U>(
  codes: RegExp,
  call: Promise<T>,
  otherwise: (error: Error) => U | Promise<U>,
) {
  try {
    return await call
  } catch (error) {
    if (error instanceof Error && codes.test(awsCode(error))) return await otherwise(error)
    throw error
  }
}

const refusedCredentials =
  /^(AuthFailure|InvalidClientTokenId|UnrecognizedClientException|ExpiredToken.*|RequestExpired|SignatureDoesNotMatch)$/
/** The names of the errors of calls that the credentials do not permit. */
export const denied = /^(UnauthorizedOperation|AccessDenied.*|Client\.UnauthorizedOperation)$/
const unreachable = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/

/** How to resolve an AWS error. Undefined if the user cannot resolve it. */
export function explain(error: unknown): readonly Problem[] | undefined {
  if (error instanceof Refused) return error.problems
  if (!(error instanceof Error)) return undefined
  const message = error instanceof TimedOut ? error.message : sayAwsError(error)
  return message === undefined ? undefined : [{ path: Path.outside('AWS'), message }]
}

function sayAwsError(error: Error): string | undefined {
  const code = awsCode(error)
  if (refusedCredentials.test(code))
    return `rejected the credentials (${code}): ${error.message}; log in again or set AWS_PROFILE`
  if (denied.test(code))
    return `denied access: ${error.message}; for the required permissions, see docs/aws.md`
  const cause = 'code' in error ? String(error.code) : ''
  if (unreachable.test(cause))
    return `cannot be reached (${cause}): ${error.message}; check the network and the region`
  return code === '' ? undefined : `${code}: ${error.message}`
}

/** Throws errors that the user can resolve as `Refused`, and other errors unchanged. */
export async function explained<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    const problems = explain(error)
    throw problems === undefined || error instanceof Refused ? error : new Refused(problems)
  }
}
