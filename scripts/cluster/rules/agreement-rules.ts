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
  why: 'A follower that looks for ZooKeeper under a different name or port never finds the leaders.',
  example: 'groups:\n  leaders: { vars: { mesos_mode: leader } }\n  web: { vars: { mesos_zk_port: 2182 } }',
  check: draft => {
    const [first, ...others] = sitesOf(draft)
    if (first === undefined) return []
    const found = others.flatMap(site =>
      clusterWide
        .filter(name => site.values[name] !== first.values[name])
        .map(name => disagreement(draft, name, [site, first])),
    )
    // A group that disagrees with all the others is told so once.
    return [...new Map(found.map(finding => [finding.path, finding])).values()]
  },
}

/** Shown where the one site sets its own value, or else the other. */
function disagreement(draft: Draft, name: VariableName, [one, other]: readonly [Site, Site]): Finding {
  const { rank, path } = originOf(draft, one, name)
  if (rank <= 1) return disagreement(draft, name, [other, one])
  return {
    path,
    message: `is ${show(one.values[name])} here and ${show(other.values[name])} in ${other.path}`,
    help: 'it must be the same on all nodes; set it once, under the top-level vars',
  }
}
