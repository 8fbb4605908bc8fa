/** One condition of a cluster that is up. */
export interface Gate {
  readonly name: GateName
  /** `failed` when waiting won't help. */
  readonly state: 'green' | 'waiting' | 'failed'
  readonly detail: string
  /** Who keeps it from being green. */
  readonly blames: readonly Blame[]
}

export type GateName =
  | 'machines'
  | 'cloud-init'
  | 'consul'
  | 'zookeeper'
  | 'masters'
  | 'election'
  | 'followers'
  | 'marathon'

export interface Blame {
  readonly node: string
  /** The unit whose log tells more. */
  readonly unit: string | undefined
  readonly why: string
  /** Whether it will stay so. */
  readonly final?: boolean
}
