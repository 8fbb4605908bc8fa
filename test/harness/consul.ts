import { existsSync } from 'node:fs'
import { cached, pinnedVersion } from './cache.ts'

/** The path of the real Consul. */
export const consul = cached(`consul-${pinnedVersion('consul')}`, 'consul')

/** Why Consul cannot be run here, used to skip a test. Undefined if it can. */
export function consulMissing(): string | undefined {
  return existsSync(consul) ? undefined : `${consul} is missing: run npm run setup`
}
