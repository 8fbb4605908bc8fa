import type { Path } from '../inventory/problem-path.ts'
import type { CauseCode } from './every-cause.ts'

/** Something that is wrong with a cluster, and what to do. */
export interface Finding {
  readonly code: CauseCode
  /** Empty if it concerns the whole cluster. */
  readonly node: string
  /** What was seen: a line of a log, a value, a state. */
  readonly evidence: string
  /** The setting in the inventory that it is about. */
  readonly path?: Path | undefined
  /** The command that fixes it, without the options of the call: `['replace', '--node', 'c1-leader-1']`. */
  readonly fix: readonly [command: string, ...args: string[]]
  /** What else is to be done, if a command is not enough. */
  readonly also?: string
}

/** The command that runs a script as root on a node. */
export function onNode(node: string, script: string): Finding['fix'] {
  return ['shell', '--node', node, '--command', script]
}

export function systemctl(verb: 'start' | 'restart', node: string, unit: string): Finding['fix'] {
  return onNode(node, `systemctl ${verb} ${unit}`)
}

export function logOf(node: string, unit: string): Finding['fix'] {
  return ['logs', '--node', node, '--unit', unit.replace(/\.service$/, '')]
}

export const replace = (node: string): Finding['fix'] => ['replace', '--node', node]
