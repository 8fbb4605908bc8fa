import { Path } from '../../inventory/problem-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import type { SomeValues, VariableName } from '../../inventory/variables.ts'
import { clusterWide } from '../agreed.ts'
import type { Draft } from '../draft.ts'
import { type Site, sitesOf } from '../origin.ts'
import { mayRun, type Service, serviceOf, turnedOffBy } from '../services.ts'
import type { Rule } from './cluster-rule.ts'

export const settingsHaveEffect: Rule = {
  code: 'W032',
  sentence: 'Every setting should have an effect.',
  why: 'A setting for a service that does not run where it is set changes nothing. Usually it was meant for another group.',
  example:
    'groups:\n  leaders: { vars: { mesos_mode: leader } }\n  web: { vars: { mesos_leader_port: 5060 } }',
  check: draft => [...idleVariables(draft), ...idleBoundary(draft)],
}

/** A set of variables, where it stands, and the nodes that it is for. */
interface Level {
  readonly place: Path
  readonly vars: SomeValues
  readonly sites: readonly Site[]
  /** Whether it is for all nodes, and so may be for groups to come. */
  readonly all: boolean
}

function levelsOf(draft: Draft): readonly Level[] {
  const { inventory, overrides } = draft
  const sites = sitesOf(draft)
  const byGroup = new Map<Site['group'], Site[]>()
  for (const site of sites) byGroup.set(site.group, [...(byGroup.get(site.group) ?? []), site])
  return [
    { place: Path.ofOption('--set'), vars: overrides.vars, sites, all: true },
    { place: Path.inInventory('vars'), vars: inventory.vars, sites, all: true },
    ...sites.map((site): Level => {
      const { group } = site.group
      const vars = site.seat === undefined ? group.vars : (group.seats.get(site.seat)?.vars ?? {})
      const own = site.seat === undefined ? (byGroup.get(site.group) ?? []) : [site]
      return { place: site.path.below('vars'), vars, sites: own, all: false }
    }),
  ]
}

function idleVariables(draft: Draft): readonly Finding[] {
  return levelsOf(draft).flatMap(level =>
    Object.keys(level.vars).flatMap((name): readonly Finding[] => {
      const reason = reasonOf(name as VariableName, level)
      return reason === undefined ? [] : [{ path: level.place.below(name), at: 'key', ...reason }]
    }),
  )
}

/** Why a setting does nothing where it stands, and what to do about it. */
function reasonOf(name: VariableName, { sites, all }: Level) {
  const service = serviceOf(name)
  if (service === undefined || sites.some(({ values }) => runs(service, values))) return undefined
  const able = sites.find(({ values }) => mayRun(service, values))
  const off = able === undefined ? undefined : turnedOffBy(service, able.values)
  if (off === name) return undefined
  if (off !== undefined)
    return { message: `has no effect: ${off} is false`, help: `remove it, or set ${off}: true` }
  // What all nodes must agree on may be said anywhere.
  if (all || clusterWide.includes(name)) return undefined
  const help = `remove it, or set it on ${service === 'agent' ? 'followers' : 'the leaders'}`
  return { message: `has no effect: ${nobody[service]} on ${sites[0]?.path}`, help }
}

const nobody: Readonly<Record<Service, string>> = {
  master: 'no Mesos master runs',
  agent: 'no Mesos agent runs',
  marathon: 'Marathon does not run',
  zookeeper: 'ZooKeeper does not run',
}

function runs(service: Service, values: Site['values']): boolean {
  return mayRun(service, values) && turnedOffBy(service, values) === undefined
}

function idleBoundary({ inventory }: Draft): readonly Finding[] {
  if (inventory.permissionsBoundary === undefined || inventory.instanceProfile === undefined) return []
  const message = 'has no effect: instance_profile is set, so no role is created'
  return [{ path: Path.inInventory('permissions_boundary'), at: 'key', message, help: 'remove it' }]
}
