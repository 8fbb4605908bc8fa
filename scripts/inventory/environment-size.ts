import { optionVariables } from './flags.ts'
import type { Path } from './problem-path.ts'
import type { Problem } from './problems.ts'
import type { VariableName } from './variables.ts'

// Linux: MAX_ARG_STRLEN in include/uapi/linux/binfmts.h, 32 pages of 4 KiB. This includes the zero byte at the end.
const most = 131_072

/** The environment variables that can become long, by the variables of the inventory that set them. */
const targets: Partial<Readonly<Record<VariableName, string>>> = {
  mesos_cluster: 'MESOS_CLUSTER',
  mesos_attributes: 'MESOS_ATTRIBUTES',
  mesos_resources: 'MESOS_RESOURCES',
  mesos_isolation: 'MESOS_ISOLATION',
  mesos_containerizers: 'MESOS_CONTAINERIZERS',
}

const prefixes = { master: 'MESOS_', agent: 'MESOS_', marathon: 'MARATHON_' } as const

type Mapping = Readonly<Record<string, unknown>>

/** Values that are too long for an environment variable, so that the kernel does not start the daemon. */
export function checkSize(name: VariableName, given: unknown, path: Path): readonly Problem[] {
  if (name in optionVariables) {
    const prefix = prefixes[optionVariables[name as keyof typeof optionVariables]]
    return Object.entries(given as Mapping).flatMap(([flag, value]) =>
      tooLong(`${prefix}${flag.toUpperCase()}`, textOf(value), path.below(flag)),
    )
  }
  const target = targets[name]
  if (target === undefined) return []
  return tooLong(target, isMapping(given) ? pairsOf(given) : textOf(given), path)
}

function tooLong(target: string, text: string, path: Path): readonly Problem[] {
  const size = new TextEncoder().encode(`${target}=${text}\0`).length
  if (size <= most) return []
  const message = `is too long for the environment variable ${target} (${size} bytes, limit ${most})`
  return [{ code: 'E104', path, message, help: 'use a shorter value' }]
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const pairsOf = (pairs: Mapping) =>
  Object.entries(pairs)
    .map(pair => pair.join(':'))
    .join(';')

// JSON is written in ASCII, so every other character takes six bytes.
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(',')
  return isMapping(value) ? JSON.stringify(value).replace(/[^\x20-\x7e]/g, '\\u0000') : String(value)
}
