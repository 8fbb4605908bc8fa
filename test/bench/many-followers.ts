import type { Cluster } from '../../scripts/cluster/cluster.ts'
import { resolveCluster } from '../../scripts/cluster/resolve.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import type { SomeValues } from '../../scripts/inventory/variables.ts'

/** A cluster of 3 leaders and `count` groups of followers, each with different variables. */
export function manyFollowers(count: number): Cluster {
  const followers = Array.from({ length: count }, (_, index) => [groupName(index), { vars: ownVars(index) }])
  const groups = { leaders: { vars: { mesos_mode: 'leader' } }, ...Object.fromEntries(followers) }
  return resolveCluster(parseInventory(JSON.stringify({ cluster: 'bench', groups }), 'bench'))
}

/** The variables of the follower group with this index. */
export function ownVars(index: number): SomeValues {
  return {
    mesos_follower_port: 20_000 + index,
    mesos_attributes: { rack: `r${index}`, zone: 'a' },
    mesos_resources: { cpus: 1 + (index % 64), mem: 1024 + index },
    mesos_follower_options: { gc_delay: `${1 + index}mins` },
  }
}

function groupName(index: number): string {
  return `followers-${index}`
}
