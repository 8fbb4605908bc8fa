/**
 * Where a cluster can be launched, in the words of an inventory: the folder beside this file that implements the
 * target, and the options that only it takes.
 */
export const targets = {
  aws: { folder: 'ec2', options: ['image', 'recover', 'arch', 'region'] },
  local: { folder: 'containers', options: ['engine'] },
} as const satisfies Readonly<
  Record<string, { readonly folder: string; readonly options: readonly string[] }>
>

export type TargetName = keyof typeof targets

export const targetNames = Object.keys(targets) as readonly TargetName[]
