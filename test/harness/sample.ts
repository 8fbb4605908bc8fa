import type { Cluster, Overrides } from '../../scripts/cluster/cluster.ts'
import { resolveCluster } from '../../scripts/cluster/resolve.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import { Refused, sayProblem } from '../../scripts/inventory/problems.ts'
import { loadTemplates } from '../../scripts/library/templates.ts'
import { nothing } from '../../scripts/plan/actual.ts'
import type { Facts } from '../../scripts/plan/facts.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'

/** The real templates, compiled. */
export const templates = loadTemplates()

/** A small inventory: `leaders` leaders and one pool. */
export function sampleInventory(leaders = 3): string {
  return [
    'cluster: c1',
    'groups:',
    `  leaders: { vars: { mesos_mode: leader }, count: ${leaders}, subnets: [subnet-a, subnet-b, subnet-c] }`,
    '  web: { min: 2, max: 4, subnets: [subnet-a, subnet-b] }',
    '',
  ].join('\n')
}

/** The cluster of an inventory's text. */
export function clusterOf(text: string, overrides: Overrides = { vars: {} }): Cluster {
  return resolveCluster(parseInventory(text, 'inventory.yaml'), { value: overrides, problems: [] })
}

/** What a plan of this cluster follows from where nothing of it exists yet. */
export function factsOf(cluster: Cluster): Facts {
  return {
    cluster,
    userData: new Map(renderCluster(templates, cluster).map(one => [one.name, one])),
    imageOf: ({ architecture }) => ({
      id: cluster.image.id ?? `ami-${architecture}`,
      rootDevice: '/dev/xvda',
      rootGb: 8,
    }),
    actual: nothing,
  }
}

/** Everything that a call refuses, as a person would read it. */
export function refusals(call: () => unknown): readonly string[] {
  try {
    call()
  } catch (error) {
    if (error instanceof Refused) return error.problems.map(sayProblem)
    throw error
  }
  return []
}
