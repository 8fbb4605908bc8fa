import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { explain } from './errors.ts'

export type Credentials =
  | { readonly provider: AwsCredentialIdentityProvider }
  | { readonly provider?: never; readonly reason: string }

/** Looks for credentials where the AWS command line looks too. Without any it says why. */
export async function findCredentials(): Promise<Credentials> {
  const provider = defaultProvider()
  try {
    await provider()
    return { provider }
  } catch (error) {
    const reason = explain(error)?.message ?? (error instanceof Error ? error.message : String(error))
    return { reason }
  }
}
