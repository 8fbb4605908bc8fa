import { mayBeModule } from '../../inventory/flag-modules.ts'
import { containerizers, exclusive, isolators } from '../../inventory/isolators.ts'
import { suggestion } from '../../inventory/nearest.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import type { Site } from '../origin.ts'
import { agentsIn, launcherOf, partOf } from './agents.ts'
import type { Rule } from './cluster-rule.ts'
import { gpuTroubles } from './gpu-rules.ts'

const leaders = 'groups: { leaders: { vars: { mesos_mode: leader } }, web: { min: 1 } }'
const names = Object.keys(isolators)

/** Whether an agent has the Mesos containerizer, which alone isolates. */
const isolates = ({ values }: Site) => values.mesos_containerizers.includes('mesos')

export const isolatorsAreKnown: Rule = {
  code: 'E090',
  sentence: 'Isolators must be known to Mesos, and listed once.',
  why: 'The agent exits with “Unknown or unsupported isolator”, or with “Duplicate entries found in --isolation”. Names from modules are accepted if `modules` or `modules_dir` is set in `mesos_follower_options`.',
  example: `vars: { mesos_isolation: [posix/cpu, posix/memory] }\n${leaders}`,
  check: draft =>
    agentsIn(draft)
      .filter(isolates)
      .flatMap(site => {
        const { mesos_isolation, mesos_follower_options: options } = site.values
        const isKnown = (name: string) => Object.hasOwn(isolators, name) || mayBeModule(options, name)
        return listTroubles(draft, site, 'mesos_isolation', mesos_isolation, isKnown)
      }),
}

export const containerizersAreKnown: Rule = {
  code: 'E091',
  sentence: 'Containerizers must be mesos or docker, each listed once.',
  why: 'The agent exits with “Unknown or unsupported containerizer”, or with “Duplicate entries found in --containerizer flag”.',
  example: `vars: { mesos_containerizers: [mesos, podman] }\n${leaders}`,
  check: draft =>
    agentsIn(draft).flatMap(site =>
      listTroubles(draft, site, 'mesos_containerizers', site.values.mesos_containerizers, name =>
        containerizers.includes(name),
      ),
    ),
}

/** Names of a list that Mesos doesn't know, and those that stand there twice. */
function listTroubles(
  draft: Draft,
  site: Site,
  variable: 'mesos_isolation' | 'mesos_containerizers',
  list: readonly string[],
  isKnown: (name: string) => boolean,
): readonly Finding[] {
  const known = variable === 'mesos_isolation' ? names : containerizers
  const what = variable === 'mesos_isolation' ? 'isolator' : 'containerizer'
  return list.flatMap((name, index): readonly Finding[] => {
    if (list.indexOf(name) === index && isKnown(name)) return []
    const place = { path: partOf(draft, site, variable, index), on: [site.path] }
    if (list.indexOf(name) < index) return [{ ...place, message: `${name} is listed twice` }]
    const help =
      suggestion(name, known) ?? `use ${known.slice(0, 6).join(', ')}${known.length > 6 ? ', …' : ''}`
    return [{ ...place, message: `unknown ${what} ${name}`, help }]
  })
}

export const isolatorsFit: Rule = {
  code: 'E092',
  sentence: 'Isolators must fit together, and have the launcher, flags and resources that they require.',
  why: 'The agent exits with “Failed to create isolator”. It takes one filesystem isolator and one network isolator, and most isolators of volumes, namespaces and images work only with `filesystem/linux` and the Linux launcher.',
  example: `vars: { mesos_isolation: [posix/cpu, posix/mem, volume/host_path] }\n${leaders}`,
  check: draft => [
    ...agentsIn(draft).flatMap(site => gpuTroubles(draft, site)),
    ...agentsIn(draft)
      .filter(isolates)
      .flatMap(site => [
        ...twoOfAKind(draft, site),
        ...site.values.mesos_isolation.flatMap((name, index) =>
          unmet(draft, site, name).map(finding => ({
            path: partOf(draft, site, 'mesos_isolation', index),
            on: [site.path],
            ...finding,
          })),
        ),
      ]),
  ],
}

function twoOfAKind(draft: Draft, site: Site): readonly Finding[] {
  const { mesos_isolation: list } = site.values
  return Object.entries(exclusive).flatMap(([kind, pattern]) => {
    const [first, ...others] = list.filter(name => pattern.test(name))
    return others
      .filter(name => name !== first)
      .map(name => ({
        path: partOf(draft, site, 'mesos_isolation', list.indexOf(name)),
        on: [site.path],
        message: `cannot be combined with ${first}: an agent has one ${kind} isolator`,
      }))
  })
}

/** What an isolator lacks. */
function unmet(draft: Draft, site: Site, name: string): readonly Pick<Finding, 'message' | 'help'>[] {
  const { launcher, needs = [], flag, resource } = (Object.hasOwn(isolators, name) && isolators[name]) || {}
  if (launcher === undefined && needs.length === 0 && flag === undefined && resource === undefined) return []
  const { mesos_isolation: list, mesos_follower_options: options, mesos_resources } = site.values
  const others = needs.filter(choice => !choice.some(other => list.includes(other)))
  const hasResource = Object.keys(mesos_resources).some(key => key.replace(/\(.*$/, '') === resource)
  return [
    ...(launcher === true && launcherOf(draft, site) === 'posix'
      ? [
          {
            message: `${name} requires the Linux launcher, but the agent uses the posix launcher`,
            help: 'set mesos_follower_options: { launcher: linux }',
          },
        ]
      : []),
    ...others.map(choice => ({
      message: `${name} requires the isolator ${choice.join(' or ')}`,
      help: `add ${choice[0]} to mesos_isolation`,
    })),
    ...(flag === undefined || options[flag] !== undefined
      ? []
      : [
          {
            message: `${name} requires the flag ${flag}`,
            help: `set mesos_follower_options: { ${flag}: … }`,
          },
        ]),
    ...(resource === undefined || hasResource
      ? []
      : [{ message: `${name} requires the resource ${resource}`, help: 'set it in mesos_resources' }]),
  ]
}

export const isolatorsAreBuilt: Rule = {
  code: 'W021',
  sentence: 'Isolators should exist in a default build of Mesos, and find what they need on the machine.',
  why: 'Some isolators exist only in builds of Mesos with certain features, and some need programs, a driver or a kernel that the images of mesos-bakery do not have. Without them, the agent exits at startup.',
  example: `vars: { mesos_isolation: [posix/cpu, posix/mem, disk/xfs] }\n${leaders}`,
  check: draft =>
    agentsIn(draft)
      .filter(isolates)
      .flatMap(site =>
        site.values.mesos_isolation.flatMap((name, index): readonly Finding[] => {
          const { build, machine } = (Object.hasOwn(isolators, name) && isolators[name]) || {}
          if (build === undefined && machine === undefined) return []
          const place = { path: partOf(draft, site, 'mesos_isolation', index), on: [site.path] }
          const help = 'make sure that your image has it'
          const own = draft.inventory.image.id !== undefined
          return [
            ...(build === undefined ? [] : [`${name} exists only in Mesos builds with ${build}`]),
            ...(machine === undefined || own ? [] : [`${name} requires ${machine}`]),
          ].map(message => ({ ...place, message, help }))
        }),
      ),
}
