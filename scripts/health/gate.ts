/** A condition that a healthy cluster meets. */
export interface Gate {
  readonly name: GateName
  /** `failed` if waiting will not help. */
  readonly state: 'green' | 'waiting' | 'failed'
  readonly detail: string
  /** The nodes that keep the gate from being green. */
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
  /** The unit whose log has more details. */
  readonly unit: string | undefined
  readonly why: string
  /** Whether the failure is permanent. */
  readonly final?: boolean
}
