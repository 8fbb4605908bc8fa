import { agreedOf } from '../../scripts/cluster/agreed.ts'
import type { Cluster, Overrides } from '../../scripts/cluster/cluster.ts'
import { openingsOf, roles } from '../../scripts/cluster/firewall.ts'
import { examine, resolveCluster } from '../../scripts/cluster/resolve.ts'
import type { Report } from '../../scripts/health/report.ts'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import { type Code, Refused, sayProblem } from '../../scripts/inventory/problems.ts'
import type { MachineState } from '../../scripts/plan/machines.ts'
import { type Actual, type ActualPool, nothing, type SeatMachine } from '../../scripts/targets/ec2/actual.ts'
import type { Claim } from '../../scripts/targets/ec2/claim.ts'
import type { Facts } from '../../scripts/targets/ec2/facts.ts'
import { templateHash, templateSpecs } from '../../scripts/targets/ec2/launch-template.ts'
import { hookOf } from '../../scripts/targets/ec2/lifecycle-hook.ts'
import { loadTemplates } from '../../scripts/user-data/load-templates.ts'
import { renderCluster } from '../../scripts/user-data/render.ts'

/** Every state that EC2 and container engines report. */
export const machineStates: readonly MachineState[] = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
]

/** The report of a node on which cloud-init is done, without daemons. */
export const emptyReport: Report = {
  cloud_init: { status: 'done', errors: [] },
  units: [],
  consul: null,
  zookeeper: null,
  master: null,
  agent: null,
  marathon: null,
}

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

/** The cluster of an inventory text. */
export function clusterOf(text: string, overrides: Overrides = { vars: {} }): Cluster {
  return resolveCluster(parseInventory(text, 'inventory.yaml'), { value: overrides, problems: [] })
}

/** The codes of what an inventory breaks of some rules, warnings too, each once. */
export function codesIn(text: string, rules: RegExp): readonly Code[] {
  const { problems } = examine(parseInventory(text, 'inventory.yaml'))
  const codes = problems.flatMap(({ code }) => (code !== undefined && rules.test(code) ? [code] : []))
  return [...new Set(codes)]
}

/** The facts for a plan of this cluster before anything of it exists. */
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

/** A claim that matches a cluster, with a network interface for each seat. */
export function claimOf(cluster: Cluster, changes: Partial<Claim> = {}): Claim {
  return {
    template: 'lt-claim',
    version: 1,
    agreed: agreedOf(cluster),
    interfaces: Object.fromEntries(cluster.seats.map(({ seat }) => [seat, `eni-${seat}`])),
    retired: [],
    formed: false,
    by: 'arn:aws:iam::123456789012:user/ann',
    at: '2026-11-26T08:00:00.000Z',
    fresh: false,
    ...changes,
  }
}

/** An instance that holds a seat and matches the facts. */
export function leaderOf(facts: Facts, seat: number, changes: Partial<SeatMachine> = {}): SeatMachine {
  const { name, machine, subnet } = facts.cluster.seats[seat - 1] ?? {}
  return {
    id: `i-${seat}`,
    seat,
    leaders: facts.cluster.seats.length,
    state: 'running',
    image: 'ami-amd64',
    instanceType: machine?.instanceType ?? 'm6i.large',
    userData: facts.userData.get(name ?? '')?.sha256,
    address: undefined,
    zone: undefined,
    reason: undefined,
    placement: {
      subnet,
      keyName: undefined,
      rootVolumeGb: machine?.rootVolumeGb,
      tags: facts.cluster.tags,
      parts: [`vol-${seat}`, `eni-${seat}`],
    },
    ...changes,
  }
}

/** A pool without instances. */
export function poolOf(changes: Partial<ActualPool> = {}): ActualPool {
  return {
    name: 'c1-web',
    group: 'web',
    min: 1,
    max: 1,
    desired: 1,
    subnets: [],
    template: undefined,
    tags: {},
    going: false,
    machines: [],
    ...changes,
  }
}

/** An account in which the whole cluster is running and matches the facts. */
export function runningOf(facts: Facts): Actual {
  const { cluster } = facts
  const ids = { leader: 'sg-leader', follower: 'sg-follower' }
  const specs = templateSpecs(facts)
  return {
    ...nothing,
    claim: claimOf(cluster, { formed: true }),
    interfaces: cluster.seats.map(({ seat, subnet = '', machine }) => ({
      id: `eni-${seat}`,
      seat,
      subnet,
      securityGroupIds: [ids.leader, ...machine.securityGroups],
    })),
    securityGroups: roles.map(role => ({
      id: ids[role],
      vpc: 'vpc-1',
      role,
      openings: openingsOf(cluster).filter(({ to }) => to === role),
    })),
    instanceProfile: 'complete',
    hooks: cluster.pools.map(({ name }) => ({ pool: name, ...hookOf(cluster), continues: true })),
    launchTemplates: specs.map(spec => ({
      id: `lt-${spec.group}`,
      name: `${cluster.name}-${spec.group}`,
      group: spec.group,
      version: 1,
      hash: templateHash(spec),
      securityGroupIds: [ids.follower],
    })),
    machines: cluster.seats.map(({ seat }) => leaderOf(facts, seat)),
    pools: cluster.pools.map(({ name, group, min, max, subnets }) => {
      const machines = Array.from({ length: min }, (_, index) => ({
        id: `i-${group}-${index}`,
        inService: true,
        templateVersion: 1,
        zone: undefined,
      }))
      return poolOf({
        name,
        group,
        min,
        max,
        desired: min,
        subnets,
        template: name,
        tags: cluster.tags,
        machines,
      })
    }),
  }
}

/** All problems that a call is refused with, as text. */
export function refusals(call: () => unknown): readonly string[] {
  try {
    call()
  } catch (error) {
    if (error instanceof Refused) return error.problems.map(sayProblem)
    throw error
  }
  return []
}
