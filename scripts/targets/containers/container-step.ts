import type { Plan, StepBase, UserDataSum } from '../ec2/step.ts'

/** One thing to do on the container engine of this machine. */
export type LocalStep = StepBase & (CreateNetwork | LaunchContainer | StartContainer | DeleteFollower)

interface CreateNetwork {
  readonly action: 'create'
  readonly kind: 'network'
  readonly name: string
  readonly subnet: string
}

export interface LaunchContainer {
  /** `replace` when a container of its name runs something older. */
  readonly action: 'launch' | 'replace'
  readonly kind: 'seat' | 'follower'
  readonly name: string
  readonly group: string
  readonly seat: number | undefined
  readonly image: string
  readonly network: string
  readonly address: string
  readonly userData: UserDataSum
  /** The name of the user-data: a seat's own, or its pool's. */
  readonly node: string
  /** Where Consul's servers may be. */
  readonly join: readonly string[]
  /** Ports to be reached from this machine. */
  readonly ports: readonly number[]
  readonly labels: Readonly<Record<string, string>>
  /** Containers that are removed first. Only once the last of them is gone is the new one made. */
  readonly after: readonly string[]
  readonly reasons: readonly string[]
}

interface StartContainer {
  readonly action: 'start'
  readonly kind: 'seat' | 'follower'
  readonly name: string
  readonly target: string
}

interface DeleteFollower {
  readonly action: 'delete'
  readonly kind: 'follower'
  readonly name: string
  readonly target: string
}

/** One thing of the engine to delete. */
export interface LocalRemoval extends StepBase {
  readonly action: 'delete'
  readonly kind: 'network' | 'seat' | 'follower'
  readonly name: string
  readonly target: string
}

export type LocalPlan = Plan<LocalStep>
