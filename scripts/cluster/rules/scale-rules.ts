import { Path } from '../../inventory/problem-path.ts'
import type { Finding } from '../../inventory/rules/rule.ts'
import { type Draft, isInAccount, leadersIn, leadersOf, poolsIn, sizeOf } from '../draft.ts'
import type { Rule } from './cluster-rule.ts'

// "As a general rule, we recommend that the maximum size for a single datacenter is 5,000 Consul client agents."
// (HashiCorp validated designs, Consul, "Sizing guidelines".)
const mostAgents = 5_000

export const agentsAreFew: Rule = {
  code: 'W030',
  sentence: 'A cluster should have at most 5,000 nodes.',
  why: 'Every node runs a Consul agent, and HashiCorp recommends at most 5,000 agents in a datacenter. With more, gossip and the recovery of the servers slow down.',
  example: 'groups:\n  leaders: { vars: { mesos_mode: leader }, count: 3 }\n  web: { min: 3, max: 5000 }',
  check: draft => {
    const leaders = leadersIn(draft).reduce(
      (sum, group) => sum + leadersOf(group, draft.overrides).leaders,
      0,
    )
    const pools = poolsIn(draft)
      .map(pool => ({ name: pool.group.name, ...sizeOf(pool, draft.overrides) }))
      .sort((a, b) => b.max - a.max)
    const total = pools.reduce((sum, { max }) => sum + max, leaders)
    const [largest, ...others] = pools
    if (largest === undefined || total <= mostAgents) return []
    const notes = others.map(({ name, max }) => ({ message: `groups.${name} has up to ${max} nodes` }))
    return [
      {
        path: largest.path.of === 'inventory' ? largest.path.below('max') : largest.path,
        message: `the cluster can grow to ${total} nodes; Consul is recommended for up to ${mostAgents} in a datacenter`,
        help: 'lower max, or split the cluster',
        notes: notes.slice(0, 3),
      },
    ]
  },
}

// Amazon VPC User Guide, "Amazon VPC quotas": security groups per network interface.
const usualGroups = 5
const mostGroups = 16

export const securityGroupsFit: Rule = {
  code: 'E112',
  sentence:
    'A network interface can have at most 16 security groups, including those that mesos-bakery creates.',
  why: 'EC2 refuses more, whatever quota the account has.',
  example: `groups:\n  leaders:\n    vars: { mesos_mode: leader }\n    security_groups: [${Array.from({ length: 16 }, (_, index) => `sg-${index + 1}`).join(', ')}]`,
  check: draft => crowded(draft, mostGroups, Number.POSITIVE_INFINITY, 'name fewer'),
}

export const securityGroupsFitTheQuota: Rule = {
  code: 'W031',
  sentence:
    'A network interface should have at most 5 security groups, including those that mesos-bakery creates.',
  why: 'More than 5 require a higher quota (security groups per network interface). Without it, EC2 refuses to launch the instances.',
  example:
    'groups:\n  leaders:\n    vars: { mesos_mode: leader }\n    security_groups: [sg-1, sg-2, sg-3, sg-4, sg-5]',
  check: draft =>
    crowded(draft, usualGroups, mostGroups, 'name fewer, or make sure that your quota is higher'),
}

/** The groups whose machines have more security groups than `above`, and not more than `upTo`. */
function crowded(draft: Draft, above: number, upTo: number, help: string): readonly Finding[] {
  if (!isInAccount(draft)) return []
  return draft.groups.flatMap(({ group, values }): readonly Finding[] => {
    const ours = values.mesos_mode === 'mixed' ? 2 : 1
    const given = group.security_groups?.length ?? 0
    const all = given + ours
    if (given === 0 || all <= above || all > upTo) return []
    const limit =
      above === usualGroups
        ? 'EC2 allows 5 per network interface by default'
        : 'EC2 allows at most 16 per network interface'
    const message = `needs ${all} security groups, including ${ours} that mesos-bakery creates; ${limit}`
    return [{ path: Path.inInventory('groups', group.name, 'security_groups'), message, help }]
  })
}
