import type { Path } from '../../inventory/problem-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import type { VariableName } from '../../inventory/variables.ts'
import type { Draft } from '../draft.ts'
import { originOf, type Site, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'

const example = (version: string) =>
  `image:
  cgroups: v2
  artifacts: [{ name: mesos, url: "https://mirror.example.com/mesos.deb", kind: deb${version} }]
vars: { mesos_isolation: [cgroups/cpu, cgroups/mem] }
groups: { all: { vars: { mesos_mode: mixed } } }`

/** Which cgroups the Mesos of the image isolates by; nothing where its version isn't known. */
export function cgroupsOf({ inventory: { image } }: Draft): 'v1' | 'v2' | undefined {
  const version = image.artifacts.find(({ name }) => name === 'mesos')?.version
  if (version === undefined) return undefined
  // clusterd counts after a hyphen: 1.11.0-0.7.1. From 0.6 on it knows v2, and nothing else.
  const clusterd = /^1\.11\.\d+-0\.(\d+)/.exec(version)?.[1]
  if (clusterd !== undefined) return Number(clusterd) >= 6 ? 'v2' : 'v1'
  return /^1\.(1[2-9]|[2-9]\d)\b|^[2-9]\./.test(version) ? 'v2' : 'v1'
}

/** What an agent is told that needs its cgroups: the place, and what stands there. */
function needsOf(draft: Draft, site: Site): readonly { readonly path: Path; readonly what: string }[] {
  const { mesos_isolation, mesos_containerizers, mesos_follower_options: options, mesos_mode } = site.values
  if (mesos_mode === 'leader') return []
  const at = (name: VariableName, rest: string) => {
    const { rank, path } = originOf(draft, site, name)
    return rank === 0 ? path : path.below(rest)
  }
  const isolators = mesos_isolation.flatMap((name, index) =>
    needy.test(name) ? [{ path: at('mesos_isolation', String(index)), what: `the isolator ${name}` }] : [],
  )
  const docker = mesos_containerizers.indexOf('docker')
  return [
    ...isolators,
    ...(docker >= 0
      ? [{ path: at('mesos_containerizers', String(docker)), what: 'the Docker containerizer' }]
      : []),
    ...(options.launcher === 'linux'
      ? [{ path: at('mesos_follower_options', 'launcher'), what: 'the Linux launcher' }]
      : []),
    ...(options.agent_subsystems === undefined
      ? []
      : [{ path: at('mesos_follower_options', 'agent_subsystems'), what: 'the flag agent_subsystems' }]),
    ...(options.systemd_enable_support === true
      ? [{ path: at('mesos_follower_options', 'systemd_enable_support'), what: 'systemd support' }]
      : []),
  ]
}

/** Isolators that work through cgroups, or through the Linux launcher, which does. */
const needy = /^(cgroups|namespaces)(\/|$)|^filesystem\/linux$|^network\/(cni|ports)$/

function unfit(draft: Draft, message: (what: string) => string, help: string): readonly Finding[] {
  return sitesOf(draft).flatMap(site =>
    needsOf(draft, site).map(({ path, what }) => ({ path, on: [site.path], message: message(what), help })),
  )
}

export const cgroupsFit: Rule = {
  code: 'E037',
  sentence: 'The image must boot with the cgroup version that its Mesos supports.',
  why: 'Stock Mesos 1.11.0 supports only cgroup v1; clusterd 0.6 and later supports only v2. With the other version, the agent exits at startup with “Failed to initialize systemd” or “Failed to create Linux launcher”.',
  example: example(', version: 1.11.0'),
  check: draft => {
    const { id, cgroups } = draft.inventory.image
    const known = cgroupsOf(draft)
    if (id !== undefined || known === undefined || known === cgroups) return []
    return unfit(
      draft,
      what => `with this Mesos, ${what} requires cgroup ${known}, but the image boots with ${cgroups}`,
      `set image.cgroups: ${known}, or use only posix isolators and the mesos containerizer`,
    )
  },
}

export const cgroupsAreKnown: Rule = {
  code: 'W003',
  sentence: 'Isolation with cgroup v2 requires a Mesos version that supports it.',
  why: 'Whether the agent starts depends on the Mesos in the image: it starts with clusterd 0.6 and later, but not with stock 1.11.0. If `image.artifacts` states the version, this can be checked before an image is baked.',
  example: example(''),
  check: draft => {
    const { id, cgroups } = draft.inventory.image
    if (id !== undefined || cgroups !== 'v2' || cgroupsOf(draft) !== undefined) return []
    return unfit(
      draft,
      what => `with stock Mesos, ${what} requires cgroup v1, but the image boots with v2`,
      'set the version of mesos in image.artifacts, or set image.cgroups: v1',
    )
  },
}
