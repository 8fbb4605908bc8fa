import type { Outcome } from '../inventory/check-fields.ts'
import type { Inventory } from '../inventory/parse.ts'
import { type Problem, Refused, severityOf } from '../inventory/problems.ts'
import { architectureOf } from './architecture.ts'
import type { Cluster, Machine, Overrides, Pool, Seat } from './cluster.ts'
import {
  type Draft,
  type DraftGroup,
  defaultInstanceType,
  draftOf,
  leadersOf,
  seatValues,
  sizeOf,
} from './draft.ts'
import { groupName, seatName } from './names.ts'
import { quorumOf } from './quorum.ts'
import { brokenRules } from './rules/every-cluster-rule.ts'

/** The result of a check: all problems, and the cluster if they are only warnings. */
export interface Examined {
  readonly problems: readonly Problem[]
  readonly cluster: Cluster | undefined
  /** The inventory with its variables final. */
  readonly draft: Draft
}

/** Checks an inventory and the settings of the command line with every rule, and resolves them. */
export function examine(read: Outcome<Inventory>, set: Outcome<Overrides> = unset): Examined {
  const draft = draftOf(read.value, set.value)
  const wrong = [...set.problems, ...read.problems]
  const problems = [...wrong, ...(modesAreKnown(wrong) ? rulesBroken(draft) : [])]
  const refused = problems.some(problem => severityOf(problem) === 'error')
  return { problems, draft, cluster: refused ? undefined : assemble(draft) }
}

/**
 * Resolves an inventory and the settings of the command line into the nodes of a cluster.
 *
 * @throws Refused with all problems of both
 */
export function resolveCluster(read: Outcome<Inventory>, set: Outcome<Overrides> = unset): Cluster {
  const { problems, cluster } = examine(read, set)
  if (cluster !== undefined) return cluster
  throw new Refused(problems)
}

/** The cluster that a draft describes, whatever rules it breaks. */
export function assemble(draft: Draft): Cluster {
  const { inventory, overrides } = draft
  const seats = draft.groups
    .filter(group => group.leads)
    .flatMap(group => seatsOf(inventory, group, overrides))
  return {
    name: inventory.cluster,
    region: inventory.region,
    target: overrides.target ?? inventory.target,
    tags: inventory.tags,
    instanceProfile: inventory.instanceProfile,
    permissionsBoundary: inventory.permissionsBoundary,
    userDataBucket: inventory.userDataBucket,
    secrets: inventory.secrets,
    fit: overrides.fit ?? 'auto',
    drain: inventory.drain,
    ssh: inventory.ssh,
    tasksKept: inventory.tasksKept,
    image: { ...inventory.image, id: overrides.image ?? inventory.image.id },
    quorum: quorumOf(seats.length),
    seats,
    pools: draft.groups.filter(group => !group.leads).map(group => poolOf(inventory, group, overrides)),
  }
}

const unset: Outcome<Overrides> = { value: { vars: {} }, problems: [] }

/** Whether there is exactly one group of leaders. Otherwise every rule about leaders would report the same mistake. */
function modesAreKnown(problems: readonly Problem[]): boolean {
  return !problems.some(({ path: { words } }) => {
    return (words[0] === 'groups' && words.length <= 2) || words.at(-1) === 'mesos_mode'
  })
}

function rulesBroken(draft: Draft): readonly Problem[] {
  const { file } = draft.inventory
  return brokenRules(draft).map(problem => (problem.path.of === 'inventory' ? { ...problem, file } : problem))
}

function seatsOf(inventory: Inventory, leading: DraftGroup, overrides: Overrides): readonly Seat[] {
  const { group, values } = leading
  const subnets = group.subnets ?? []
  return Array.from({ length: leadersOf(leading, overrides).leaders }, (_, index) => {
    const seat = index + 1
    const own = group.seats.get(seat)
    return {
      kind: 'seat',
      name: seatName(inventory.cluster, seat),
      group: group.name,
      mode: values.mesos_mode === 'mixed' ? 'mixed' : 'leader',
      seat,
      values: seatValues(leading, seat, overrides),
      machine: machineOf(leading, own?.instance_type),
      subnet: own?.subnet ?? subnets[index % subnets.length],
    }
  })
}

function poolOf(inventory: Inventory, following: DraftGroup, overrides: Overrides): Pool {
  const { group, values } = following
  const { min, max } = sizeOf(following, overrides)
  return {
    kind: 'pool',
    name: groupName(inventory.cluster, group.name),
    group: group.name,
    mode: 'follower',
    values,
    machine: machineOf(following),
    min,
    max,
    subnets: group.subnets ?? [],
  }
}

function machineOf({ group }: DraftGroup, ownType?: string): Machine {
  const instanceType = ownType ?? group.instance_type ?? defaultInstanceType
  return {
    instanceType,
    architecture: architectureOf(instanceType),
    rootVolumeGb: group.root_volume_gb ?? 20,
    keyName: group.key_name,
    securityGroups: group.security_groups ?? [],
  }
}
