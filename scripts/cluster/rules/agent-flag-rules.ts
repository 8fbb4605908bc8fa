import { usersOfFlags } from '../../inventory/isolators.ts'
import type { Path } from '../../inventory/problem-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { itemsOf } from '../../inventory/text-forms.ts'
import type { Draft } from '../draft.ts'
import { originOf, type Site } from '../origin.ts'
import { agentsIn, isChanged, partOf } from './agents.ts'
import type { Rule } from './cluster-rule.ts'

const leaders = 'groups: { leaders: { vars: { mesos_mode: leader } }, web: { min: 1 } }'

export const agentFlagsAreUsed: Rule = {
  code: 'W022',
  sentence: 'Flags of isolators and containerizers should be set only if the agent uses them.',
  why: 'The agent starts, but ignores the flag. The flag then has no effect: for example, `cgroups_enable_cfs` does not limit CPUs without the isolator `cgroups/cpu`.',
  example: `vars: { mesos_follower_options: { cgroups_enable_cfs: true } }\n${leaders}`,
  check: draft => {
    const agents = agentsIn(draft)
    const found = agents.flatMap(site => [...unusedFlags(draft, site), ...unusedIsolation(draft, site)])
    // A flag that one group uses may be set for all of them.
    const used = agents.flatMap(site => usedPlaces(draft, site))
    return found.filter(({ path }) => !used.some(place => place.isSame(path)))
  },
}

function usersIn({ values }: Site, flag: string) {
  const { isolators = [], containerizers = [] } =
    (Object.hasOwn(usersOfFlags, flag) && usersOfFlags[flag]) || {}
  const { mesos_isolation, mesos_containerizers } = values
  const isolating = mesos_containerizers.includes('mesos') ? mesos_isolation : []
  return {
    names: [...isolators, ...containerizers],
    present: [
      ...isolators.filter(name => isolating.includes(name)),
      ...containerizers.filter(name => mesos_containerizers.includes(name)),
    ],
    what: isolators.length > 0 ? 'isolator' : 'containerizer',
  }
}

function unusedFlags(draft: Draft, site: Site): readonly Finding[] {
  return Object.entries(site.values.mesos_follower_options).flatMap(([flag, value]): readonly Finding[] => {
    const { names, present, what } = usersIn(site, flag)
    if (names.length === 0 || present.length > 0 || !isChanged(flag, value)) return []
    const path = partOf(draft, site, 'mesos_follower_options', flag)
    const message = `has no effect without the ${what} ${names.slice(0, 2).join(' or ')}`
    return [{ path, at: 'key', on: [site.path], message }]
  })
}

function usedPlaces(draft: Draft, site: Site): readonly Path[] {
  return Object.keys(site.values.mesos_follower_options)
    .filter(flag => usersIn(site, flag).present.length > 0)
    .map(flag => partOf(draft, site, 'mesos_follower_options', flag))
}

/** Isolators that were set for an agent that has Docker alone. */
function unusedIsolation(draft: Draft, site: Site): readonly Finding[] {
  if (site.values.mesos_containerizers.includes('mesos')) return []
  const { rank, path } = originOf(draft, site, 'mesos_isolation')
  return rank > 0
    ? [{ path, at: 'key', on: [site.path], message: 'has no effect without the containerizer mesos' }]
    : []
}

export const imagesHaveIsolators: Rule = {
  code: 'E098',
  sentence: 'Container images and container networks must have the isolators and flags that they require.',
  why: 'With `image_providers`, the agent exits unless it has the isolator `filesystem/linux`, the Linux launcher and, for DOCKER, the isolator `docker/runtime`. CNI networks need the directory of their plugins and that of their configuration.',
  example: `vars: { mesos_follower_options: { image_providers: DOCKER } }\n${leaders}`,
  check: draft =>
    agentsIn(draft)
      .filter(({ values }) => values.mesos_containerizers.includes('mesos'))
      .flatMap(site => [...imageTroubles(draft, site), ...networkTroubles(draft, site)]),
}

// src/slave/containerizer/mesos/containerizer.cpp; …/provisioner/store.cpp.
function imageTroubles(draft: Draft, site: Site): readonly Finding[] {
  const { mesos_isolation, mesos_follower_options: options } = site.values
  if (options.image_providers === undefined) return []
  const providers = (itemsOf(options.image_providers) ?? []).map(name => name.toUpperCase())
  const needs = ['filesystem/linux', ...(providers.includes('DOCKER') ? ['docker/runtime'] : [])]
  const missing = needs.filter(name => !mesos_isolation.includes(name))
  const place = { path: partOf(draft, site, 'mesos_follower_options', 'image_providers'), on: [site.path] }
  return missing.map(name => ({
    ...place,
    message: `requires the isolator ${name}`,
    help: `add ${name} to mesos_isolation`,
  }))
}

// …/isolators/network/cni/cni.cpp, which is used where no other network isolator is listed.
function networkTroubles(draft: Draft, site: Site): readonly Finding[] {
  const { mesos_isolation, mesos_follower_options: options } = site.values
  if (mesos_isolation.includes('network/port_mapping')) return []
  const directories = ['network_cni_config_dir', 'network_cni_plugins_dir']
  const [missing, ...more] = directories.filter(name => options[name] === undefined)
  const [given] = directories.filter(name => options[name] !== undefined)
  if (missing === undefined || given === undefined || more.length > 0) return []
  const path = partOf(draft, site, 'mesos_follower_options', given)
  return [{ path, at: 'key', on: [site.path], message: `requires ${missing}` }]
}
