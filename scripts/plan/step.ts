import type { Opening } from '../cluster/firewall.ts'

/** A step, for any target. A plan is a list of steps. Each target adds what it needs to carry them out. */
export interface Step {
  /** Unique in its plan. */
  readonly id: string
  /** The IDs of the steps that must be done before this one. */
  readonly needs: readonly string[]
  /** Set if it is carried out even after another step has failed, provided that the steps it needs are done. */
  readonly afterFailure?: true
  readonly action: 'create' | 'update' | 'launch' | 'replace' | 'start' | 'delete'
  readonly kind: string
  readonly name: string
  /** How a plan shows it. */
  readonly says: Says
}

/** The description of a step: the kind of change, the resource, and details. */
export interface Says {
  /** `+` creates, `~` changes, `-` deletes. */
  readonly sign: '+' | '~' | '-'
  /** `security group`, `seat 1`. */
  readonly title: string
  readonly detail: string
}

/** What a list shows of a step. */
export type SaidStep = Pick<Step, 'name' | 'says'>

/** A machine whose settings are older than those of the inventory. */
export interface OutOfDate {
  readonly name: string
  readonly machine: string
  readonly reasons: readonly string[]
  /** Whether only its user data is different, so that a restart is enough: the machine and its disk stay. */
  readonly inPlace: boolean
}

/** The steps from what exists to what the inventory describes. A plain value. */
export interface Plan<S extends Step = Step> {
  readonly cluster: string
  /** Where it is carried out, by the name used in the inventory. */
  readonly target: string
  readonly leaders: number
  readonly quorum: number
  readonly steps: readonly S[]
  /** A notice about the whole cluster, for example that it runs stand-ins. */
  readonly notice?: string
  /** Machines whose settings are older than those of the inventory and that are not changed. */
  readonly outOfDate: readonly OutOfDate[]
  /** Pools that the inventory does not name and that are not changed. */
  readonly surplus: readonly string[]
  /** Seats that a recovery leaves empty until the machines of this plan have replicated the state of the survivors. */
  readonly leftEmpty?: readonly string[]
  /** Ports that stay open because machines that are out of date may use them. */
  readonly stillOpen?: readonly Opening[]
}

/** Steps as JSON, without their descriptions. */
export function stepsJson(steps: readonly Step[]): readonly object[] {
  return steps.map(({ says: _, ...step }) => step)
}

/** A plan as JSON. */
export function planJson(plan: Plan): object {
  return { ...plan, steps: stepsJson(plan.steps) }
}

/** A step that deletes a resource. */
export interface Removal<K extends string = string> extends Step {
  readonly action: 'delete'
  readonly kind: K
  /** The ID of the resource at the target. */
  readonly target: string
  /** Why it is deleted, unless that is obvious. */
  readonly why?: string
}

/**
 * The step that deletes a resource after other steps are done.
 *
 * @param why shown next to the step, unless the reason is obvious
 */
export function removal<K extends string>(
  kind: K,
  name: string,
  target: string,
  after: readonly Step[],
  why?: string,
): Removal<K> {
  const detail = [target === name ? '' : target, why ?? ''].filter(part => part !== '').join(', ')
  return {
    id: `${kind} ${name} ${target}`,
    needs: after.map(({ id }) => id),
    action: 'delete',
    kind,
    name,
    target,
    ...(why !== undefined && { why }),
    says: { sign: '-', title: kind, detail },
  }
}
