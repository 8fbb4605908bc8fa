import { checkCloudConfig } from './cloud-config/keys.ts'
import { checkSize } from './environment-size.ts'
import type { Checked, Field } from './fields.ts'
import { checkFlags, optionVariables } from './flags.ts'
import { checkAttributes, isTakenForFile } from './mesos-attributes.ts'
import { checkResources } from './mesos-resources.ts'
import { suggestion } from './nearest.ts'
import type { Path } from './problem-path.ts'
import { helping, type Problem, severityOf } from './problems.ts'
import type { Type } from './types.ts'
import {
  isVariable,
  type SomeValues,
  type Values,
  type VariableName,
  variableNames,
  variables,
} from './variables.ts'
import { wrongParts } from './wrong-parts.ts'

/** The result of a check: the valid part of a value, and a problem for each other part. */
export interface Outcome<T> {
  readonly value: T
  readonly problems: readonly Problem[]
}

export type Mapping = Readonly<Record<string, unknown>>

/** The problems of a value that does not have its type: those of its entries, or of the whole value. */
export function checkType(type: Type<unknown>, value: unknown, path: Path): readonly Problem[] {
  return wrongParts(type, value).map(({ keys, ...part }) => ({ ...part, path: path.below(...keys) }))
}

/** Checks every key of a mapping against its fields. */
export function checkFields<F extends Record<string, Field>>(
  fields: F,
  mapping: Mapping,
  path: Path,
): Outcome<Checked<F>> {
  const value: Record<string, unknown> = {}
  const problems = Object.entries(mapping).flatMap(([key, given]): readonly Problem[] => {
    const known = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (known === undefined) return [unknownKey(key, path.below(key), Object.keys(fields), mapping)]
    const found = checkType(known.type, given, path.below(key))
    if (found.length === 0) value[key] = given
    return found
  })
  return { value: value as Checked<F>, problems }
}

function unknownKey(key: string, path: Path, keys: readonly string[], beside: Mapping): Problem {
  if (isVariable(key))
    return { code: 'E006', path, at: 'key', message: 'is a variable', help: 'move it under vars' }
  const help = unspaced(key, keys) ?? suggestion(key, keys, beside) ?? `use one of: ${keys.join(', ')}`
  return { code: 'E005', path, at: 'key', message: 'unknown key', help }
}

/** YAML reads `min:2` as a key without a value, and no-break spaces as letters. */
function unspaced(key: string, keys: readonly string[]): string | undefined {
  if (key.trim() !== key) return 'replace the no-break spaces before it with spaces'
  return keys.some(one => key.startsWith(`${one}:`)) ? 'add a space after the colon' : undefined
}

/** Checks variables by name and type, and the flags in them by name and type too. */
export function checkVars(vars: Mapping, path: Path): Outcome<SomeValues> {
  const value: Record<string, unknown> = {}
  const problems = Object.entries(vars).flatMap(([name, given]): readonly Problem[] => {
    const place = path.below(name)
    if (!isVariable(name)) return [unknownVariable(name, place, vars)]
    const found = checkVariable(name, given, place)
    // Values with only warnings are valid. Cloud-config with a wrong key is kept, so that the rules about the rest are
    // checked.
    const isKept = (problem: Problem) => severityOf(problem) === 'warning' || problem.code === 'E041'
    if (found.every(isKept)) value[name] = given
    return found
  })
  return { value, problems }
}

function checkVariable(name: VariableName, given: unknown, path: Path): readonly Problem[] {
  const found = checkType(variables[name].type, given, path)
  if (found.length > 0) return found
  const inside =
    name in optionVariables
      ? checkFlags(optionVariables[name as keyof typeof optionVariables], given as Mapping, path)
      : checkInside(name, given, path)
  return inside.length > 0 ? inside : checkSize(name, given, path)
}

/** The problems inside a value that has its type. */
function checkInside(name: VariableName, given: unknown, path: Path): readonly Problem[] {
  const pairs = given as Values['mesos_resources']
  if (name === 'mesos_resources') return checkResources(pairs, path)
  if (name === 'mesos_attributes') return checkAttributes(pairs, path)
  if (name === 'mesos_cluster' && String(given).startsWith('file://')) return [isTakenForFile(path)]
  if (name !== 'user_data_extra') return []
  return checkCloudConfig(given as Mapping, path).map(finding => ({ code: 'E041', ...finding }))
}

function unknownVariable(name: string, path: Path, beside: Mapping): Problem {
  if (name === 'mesos_quorum') {
    const message = 'cannot be set: the quorum is computed from the number of leaders'
    return { code: 'E008', path, at: 'key', message }
  }
  const help = helping(unspaced(name, variableNames) ?? suggestion(name, variableNames, beside))
  return { code: 'E007', path, at: 'key', message: 'unknown variable', ...help }
}
