import { lookingKey, viewAccount } from './account-view.ts'
import { asksOf } from './asks.ts'
import type { AwsProxy } from './aws-proxy.ts'
import { hook } from './faults.ts'
import type { Ask } from './policy.ts'

/** The permissions that AWS would have checked for the watched calls. */
export interface Watched {
  readonly asks: readonly Ask[]
  /** The calls for which the permissions are not known. */
  readonly unknown: readonly string[]
  stop(): void
}

/** Watches the calls through a proxy, each immediately before it is carried out. */
export function watch(proxy: AwsProxy): Watched {
  const view = viewAccount(proxy.url)
  const asks: Ask[] = []
  const unknown: string[] = []
  const seen = hook('*', async request => {
    try {
      asks.push(...(await asksOf(request, view)))
    } catch (error) {
      unknown.push(`${request.service}:${request.action}: ${error}`)
    }
  })
  const stop = proxy.fault({ ...seen, matches: ({ accessKey }) => accessKey !== lookingKey })
  return { asks, unknown, stop }
}
