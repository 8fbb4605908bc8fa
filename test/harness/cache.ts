import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A path in the directory for what `.ci/setup` and `npm run setup` build. */
export function cached(...names: string[]): string {
  // .ci/setup, a shell script, uses the same variable.
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(cache, 'mesos-bakery', ...names)
}

/** The version of a tool, from `.ci/versions`. */
export function pinnedVersion(tool: string): string {
  const versions = readFileSync(new URL('../../.ci/versions', import.meta.url), 'utf8')
  const version = new RegExp(`^${tool} (\\S+)`, 'm').exec(versions)?.[1]
  if (!version) throw new Error(`.ci/versions pins no ${tool}`)
  return version
}
