import type { Opening } from '../cluster/firewall.ts'

/** One thing to do, on any target. A plan is a list of these; each target adds what it needs to do them. */
export interface Step {
  /** Unique in its plan. */
  readonly id: string
  /** The ids of the steps that must be done before this one. */
  readonly needs: readonly string[]
  /** Set when it is done even though another step has failed, if those that it needs are done. */
  readonly afterFailure?: true
  readonly action: 'create' | 'update' | 'launch' | 'replace' | 'start' | 'delete'
  readonly kind: string
  readonly name: string
  /** How a plan lists it. */
  readonly says: Says
}

/** A step in words: what it does to what, and the details. */
export interface Says {
  /** `+` creates, `~` changes, `-` deletes. */
  readonly sign: '+' | '~' | '-'
  /** `security group`, `seat 1`. */
  readonly title: string
  readonly detail: string
}

/** What a list shows of a step. */
export type SaidStep = Pick<Step, 'name' | 'says'>

/** A machine that runs something older than the inventory asks for. */
export interface OutOfDate {
  readonly name: string
  readonly machine: string
  readonly reasons: readonly string[]
}

/** The steps that lead from what is there to what the inventory asks for. A plain value. */
export interface Plan<S extends Step = Step> {
  readonly cluster: string
  /** Where it is carried out, as the inventory calls it. */
  readonly target: string
  readonly leaders: number
  readonly quorum: number
  readonly steps: readonly S[]
  /** What a reader must know of the cluster, such as that it is not a real one. */
  readonly notice?: string
  /** Machines that run something older than the inventory asks for, and stay as they are. */
  readonly outOfDate: readonly OutOfDate[]
  /** Pools that the inventory doesn't have, and that stay as they are. */
  readonly surplus: readonly string[]
  /** Seats that a recovery leaves empty until the machines of this plan have what the others kept. */
  readonly leftEmpty?: readonly string[]
  /** Ports that stay open, because machines that are out of date may use them. */
  readonly stillOpen?: readonly Opening[]
}

/** Steps as data: what is only said of them is left out. */
export function stepsJson(steps: readonly Step[]): readonly object[] {
  return steps.map(({ says: _, ...step }) => step)
}

/** A plan as data. */
export function planJson(plan: Plan): object {
  return { ...plan, steps: stepsJson(plan.steps) }
}

/** A step that deletes one thing. */
export interface Removal<K extends string = string> extends Step {
  readonly action: 'delete'
  readonly kind: K
  /** What the target calls it. */
  readonly target: string
  /** Why it goes, where that isn't plain. */
  readonly why?: string
}

/**
 * The step that deletes one thing, once others are done.
 *
 * @param why said beside it, where that isn't plain
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
