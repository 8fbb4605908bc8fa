import { findFlag } from '../../inventory/flag-tables.ts'
import type { Path } from '../../inventory/problem-path.ts'
import type { VariableName } from '../../inventory/variables.ts'
import type { Draft } from '../draft.ts'
import { originOf, type Site, sitesOf } from '../origin.ts'
import { cgroupsOf } from './cgroups-rules.ts'

/** The nodes of an inventory that run an agent. */
export function agentsIn(draft: Draft): readonly Site[] {
  return sitesOf(draft).filter(({ values }) => values.mesos_mode !== 'leader')
}

/** The place of a part of a variable; that of the node where a person hasn't set the variable. */
export function partOf(draft: Draft, site: Site, name: VariableName, part: string | number): Path {
  const { rank, path } = originOf(draft, site, name)
  return rank === 0 ? path : path.below(part)
}

/**
 * The launcher of an agent: what is set, or what the image sets (docs/image.md). Nothing where it isn't known,
 * as with an image of the user's own, or on
 * cgroup v2 with a Mesos that may not be made for it, which has a rule of its own.
 */
export function launcherOf(draft: Draft, site: Site): string | undefined {
  const { launcher } = site.values.mesos_follower_options
  const { id, cgroups } = draft.inventory.image
  if (typeof launcher === 'string') return launcher
  if (id !== undefined || draft.overrides.image !== undefined) return undefined
  if (cgroups === 'v1') return 'linux'
  return cgroupsOf(draft) === 'v2' ? 'posix' : undefined
}

/** Whether an option of the agent is set to something else than its default. */
export function isChanged(name: string, value: unknown): boolean {
  const [, flag] = findFlag('agent', name) ?? []
  return value !== flag?.default
}
