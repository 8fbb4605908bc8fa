import type { Path } from '../../inventory/problem-path.ts'
import { show } from '../../inventory/problems.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import type { VariableName } from '../../inventory/variables.ts'
import { clusterWide } from '../agreed.ts'
import type { Draft } from '../draft.ts'
import { originOf, type Site, sitesOf } from '../origin.ts'
import type { Rule } from './cluster-rule.ts'

export const nodesAgree: Rule = {
  code: 'E023',
  sentence: 'Variables that nodes use to find each other must be the same on all nodes.',
  why: 'For example, a follower that looks for ZooKeeper under another name or port never finds the leaders.',
  example: 'groups:\n  leaders: { vars: { mesos_mode: leader } }\n  web: { vars: { mesos_zk_port: 2182 } }',
  check: draft => {
    const sites = sitesOf(draft)
    return clusterWide.flatMap(name => disagreements(draft, name, sites))
  },
}

interface Voter {
  readonly site: Site
  readonly value: unknown
  /** Whether the group or the seat has a value of its own. */
  readonly own: boolean
  readonly path: Path
}

/** The groups and seats that differ from most others. */
function disagreements(draft: Draft, name: VariableName, sites: readonly Site[]): readonly Finding[] {
  if (sites.every(site => site.values[name] === sites[0]?.values[name])) return []
  const voters = sites
    .map((site): Voter => {
      const { rank, path } = originOf(draft, site, name)
      return { site, value: site.values[name], own: rank >= 2, path }
    })
    // A seat without a value of its own has no voice beside its group's.
    .filter(({ site, path }) => site.seat === undefined || site.path.covers(path))
  const usual = usualValue(voters)
  const most = voters.find(({ value }) => value === usual)
  const there = `${show(usual)} in ${most?.site.path}`
  return voters.filter(({ value }) => value !== usual).map(voter => disagreement(name, voter, there))
}

/** The value of most; of two with as many voices the one that fewer have set themselves, or else the leaders'. */
function usualValue(voters: readonly Voter[]): unknown {
  const values = [...new Set(voters.map(({ value }) => value))].map(value => {
    const those = voters.filter(one => one.value === value)
    const leads = those.some(({ site }) => site.group.leads && site.seat === undefined)
    return { value, voices: those.length, own: those.filter(({ own }) => own).length, leads: leads ? 1 : 0 }
  })
  const [usual] = values.sort((a, b) => b.voices - a.voices || a.own - b.own || b.leads - a.leads)
  return usual?.value
}

function disagreement(name: VariableName, { site, value, own, path }: Voter, there: string): Finding {
  const help = 'it must be the same on all nodes; set it once, under the top-level vars'
  if (own) return { path, message: `is ${show(value)} here and ${there}`, help }
  return { path: site.path, at: 'key', message: `${name} is ${show(value)} here and ${there}`, help }
}
