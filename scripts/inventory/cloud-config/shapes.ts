import { suggestion } from '../nearest.ts'
import type { Path } from '../problem-path.ts'
import { helping, show } from '../problems.ts'
import type { Finding } from '../rules/rule.ts'
import { type Check, isMapping } from './config.ts'
import source from './schema.json' with { type: 'json' }

/**
 * The keywords that the schema of cloud-init 22.4 uses (Debian 12: cloudinit/config/schemas/schema-cloud-config-v1.json).
 * Ours is generated from it without descriptions, and accepts what the modules accept beyond it: numbers as words of
 * commands and fields of mounts, a list for `sudo`, empty lists.
 */
interface Shape {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly items?: Shape
  readonly maxItems?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly patternProperties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: boolean | Shape
  readonly oneOf?: readonly Shape[]
  readonly anyOf?: readonly Shape[]
  readonly allOf?: readonly Shape[]
  readonly pattern?: string
  readonly minimum?: number
  readonly $ref?: string
}

const keys: Readonly<Record<string, Shape>> = source.keys
const named: Readonly<Record<string, Shape>> = source.$defs

/** Values of another type than cloud-init expects, and keys that it does not know, anywhere below the keys of the top. */
export const checkShapes: Check = (config, path) =>
  Object.entries(config).flatMap(([key, value]) =>
    Object.hasOwn(keys, key) ? misfits(keys[key] as Shape, value, path.below(key)) : [],
  )

function misfits(shape: Shape, value: unknown, path: Path): readonly Finding[] {
  const type = wrongType(shape, value, path)
  if (type.length > 0) return type
  const { $ref, allOf = [], oneOf, anyOf } = shape
  const others = $ref === undefined ? allOf : [...allOf, named[$ref.replace('#/$defs/', '')] ?? {}]
  return [
    ...wrongText(shape, value, path),
    ...inMap(shape, value, path),
    ...inList(shape, value, path),
    ...others.flatMap(one => misfits(one, value, path)),
    ...[oneOf, anyOf].flatMap(choices => (choices === undefined ? [] : inChoices(choices, value, path))),
  ]
}

const words: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'empty',
  number: 'a number',
  object: 'a map',
  string: 'text',
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isMapping(value)
  if (type === 'null') return value === null
  return type === 'string' ? typeof value === 'string' || value instanceof Uint8Array : typeof value === type
}

const typesOf = ({ type = [] }: Shape): readonly string[] => [type].flat() as readonly string[]
const expected = (types: readonly string[]) => types.map(type => words[type] ?? type).join(' or ')

function wrongType(shape: Shape, value: unknown, path: Path): readonly Finding[] {
  const types = typesOf(shape)
  if (types.length === 0 || types.some(type => isOfType(type, value))) return []
  const quoted = types.includes('string') && ['number', 'boolean'].includes(typeof value)
  const help = quoted ? { help: 'quote it' } : {}
  return [{ path, message: `must be ${expected(types)}, got ${show(value)}`, ...help }]
}

function wrongText(shape: Shape, value: unknown, path: Path): readonly Finding[] {
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    const known = shape.enum.slice(0, 8).join(', ')
    const near = suggestion(String(value), shape.enum.map(String))
    const message = `must be ${shape.enum.length === 1 ? '' : 'one of '}${known}${shape.enum.length > 8 ? ', …' : ''}`
    return [{ path, message: `${message}, got ${show(value)}`, ...helping(near) }]
  }
  if (typeof value === 'string' && shape.pattern !== undefined && !new RegExp(shape.pattern).test(value))
    return [{ path, message: `is not in the form that cloud-init expects, got ${show(value)}` }]
  if (typeof value === 'number' && shape.minimum !== undefined && value < shape.minimum)
    return [{ path, message: `must be ${shape.minimum} or more, got ${value}` }]
  return []
}

function inMap(shape: Shape, value: unknown, path: Path): readonly Finding[] {
  if (!isMapping(value)) return []
  const { required = [], properties = {}, patternProperties = {}, additionalProperties = true } = shape
  const missing = required.filter(key => !Object.hasOwn(value, key))
  return [
    ...missing.map((key): Finding => ({ path, message: `must have the key ${key}` })),
    ...Object.entries(value).flatMap(([key, inner]): readonly Finding[] => {
      const place = path.below(key)
      if (Object.hasOwn(properties, key)) return misfits(properties[key] as Shape, inner, place)
      const found = Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern).test(key))
      if (found !== undefined) return misfits(found[1], inner, place)
      if (typeof additionalProperties === 'object') return misfits(additionalProperties, inner, place)
      if (additionalProperties) return []
      const help = helping(suggestion(key, Object.keys(properties), value))
      return [{ path: place, at: 'key', message: 'unknown key: cloud-init ignores it', ...help }]
    }),
  ]
}

function inList({ items, maxItems }: Shape, value: unknown, path: Path): readonly Finding[] {
  if (!Array.isArray(value)) return []
  if (maxItems !== undefined && value.length > maxItems)
    return [{ path, message: `must have at most ${maxItems} entries, got ${value.length}` }]
  return items === undefined ? [] : value.flatMap((item, index) => misfits(items, item, path.below(index)))
}

/** Where no choice fits, what is wrong with the one of the right type is told. */
function inChoices(choices: readonly Shape[], value: unknown, path: Path): readonly Finding[] {
  const all = choices.map(choice => misfits(choice, value, path))
  if (all.some(found => found.length === 0)) return []
  const close = all.filter((_, index) => wrongType(choices[index] as Shape, value, path).length === 0)
  const [first] = close.toSorted((a, b) => a.length - b.length)
  if (first !== undefined) return first
  return [
    { path, message: `must be ${expected([...new Set(choices.flatMap(typesOf))])}, got ${show(value)}` },
  ]
}
