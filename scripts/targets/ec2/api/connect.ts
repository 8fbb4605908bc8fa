import type { AutoScaling } from '@aws-sdk/client-auto-scaling'
import type { EC2 } from '@aws-sdk/client-ec2'
import type { IAM } from '@aws-sdk/client-iam'
import type { S3 } from '@aws-sdk/client-s3'
import type { SSM } from '@aws-sdk/client-ssm'
import type { STS } from '@aws-sdk/client-sts'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { Path } from '../../../inventory/problem-path.ts'
import { Refused } from '../../../inventory/problems.ts'
import { explain } from './errors.ts'
import { type Clock, realTime } from './wait.ts'

/** The AWS services. Each client is loaded and created on first use: the EC2 client alone takes half a second. */
export interface Aws {
  readonly region: string
  readonly clock: Clock
  /** The credentials of this connection, for connecting to another region. */
  readonly credentials: AwsCredentialIdentityProvider
  readonly ec2: () => Promise<EC2>
  readonly autoScaling: () => Promise<AutoScaling>
  readonly iam: () => Promise<IAM>
  readonly s3: () => Promise<S3>
  readonly ssm: () => Promise<SSM>
  readonly sts: () => Promise<STS>
}

/**
 * Connects to AWS in a region, with the credentials that the AWS CLI would use.
 *
 * @throws Refused if there are no credentials
 */
export async function connectTo(region: string): Promise<Aws> {
  const found = await findCredentials()
  if (found.provider !== undefined) return connect(region, found.provider)
  throw new Refused([
    {
      path: Path.outside('AWS'),
      message: `no credentials found (${found.reason}); set AWS_PROFILE or log in`,
    },
  ])
}

/**
 * Prepares a connection to AWS in a region. Sends no requests.
 *
 * @param endpoint the URL of AWS, unless the environment sets one
 */
export function connect(region: string, credentials: AwsCredentialIdentityProvider, endpoint?: string): Aws {
  const config = {
    region,
    credentials,
    ...(endpoint !== undefined && { endpoint }),
    // The SDK retries throttled and lost calls with increasing delays. Every create call may be retried, because it
    // carries a token or a unique name.
    maxAttempts: 6,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  }
  return {
    region,
    clock: realTime,
    credentials,
    ec2: once(async () => new (await import('@aws-sdk/client-ec2')).EC2(config)),
    autoScaling: once(async () => new (await import('@aws-sdk/client-auto-scaling')).AutoScaling(config)),
    iam: once(async () => new (await import('@aws-sdk/client-iam')).IAM(config)),
    s3: once(async () => new (await import('@aws-sdk/client-s3')).S3(config)),
    ssm: once(async () => new (await import('@aws-sdk/client-ssm')).SSM(config)),
    sts: once(async () => new (await import('@aws-sdk/client-sts')).STS(config)),
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

export type Credentials =
  | { readonly provider: AwsCredentialIdentityProvider }
  | { readonly provider?: never; readonly reason: string }

/** Looks for credentials where the AWS CLI looks. If there are none, returns the reason. */
export async function findCredentials(): Promise<Credentials> {
  const provider = defaultProvider()
  try {
    await provider()
    return { provider }
  } catch (error) {
    const reason = explain(error)?.[0]?.message ?? (error instanceof Error ? error.message : String(error))
    return { reason }
  }
}
