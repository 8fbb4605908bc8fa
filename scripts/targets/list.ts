interface TargetEntry {
  /** The directory next to this file that implements the target. */
  readonly folder: string
  /** The options that only this target accepts. */
  readonly options: readonly string[]
  /** Whether its machines accept user data of any size. */
  readonly anySize: boolean
  /** Whether its machines are in an AWS account, with the account's quotas and its rules for tags. */
  readonly inAccount: boolean
}

/** The container engines of the target `local`, in order of preference. */
export const engineNames = ['podman', 'docker'] as const

export type EngineName = (typeof engineNames)[number]

/** Where a cluster can be launched, by the names used in an inventory. */
export const targets = {
  aws: { folder: 'ec2', options: ['image', 'recover', 'arch', 'region'], anySize: false, inAccount: true },
  local: { folder: 'containers', options: ['engine', 'standIns'], anySize: true, inAccount: false },
} as const satisfies Readonly<Record<string, TargetEntry>>

export type TargetName = keyof typeof targets

/** The target of an inventory that names none. */
export const defaultTarget: TargetName = 'aws'

export const targetNames = Object.keys(targets) as readonly TargetName[]
