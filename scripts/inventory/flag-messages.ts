import { type Daemon, findFlag, type Options } from './flag-tables.ts'
import messages from './mesos-messages.json' with { type: 'json' }
import { suggestion } from './nearest.ts'
import type { Path } from './problem-path.ts'
import { helping, type Problem, show } from './problems.ts'

// Flags that hold JSON, which Mesos turns into protobuf messages (include/mesos/*.proto, src/messages/flags.proto).
// Its parser (3rdparty/stout/include/stout/protobuf.hpp) ends the daemon when a value has another type or a required
// field is missing, but ignores unknown fields and unknown words of an enum: a misspelled access
// control list allows everything.

/** Fields of messages: `name!` is required, `Type[]` repeated, `A|B` an enum, `roles:Entity[]` a list of rules. */
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = messages

type Found = Omit<Problem, 'code'>

/** The problems inside the maps of options that Mesos reads as messages. */
export function unknownFields(daemon: Daemon, options: Options, path: Path): readonly Problem[] {
  return Object.entries(options).flatMap(([name, value]): readonly Problem[] => {
    const message = /^json.*:(\w+)$/.exec(findFlag(daemon, name)?.[1].type ?? '')?.[1]
    if (message === undefined || !isMap(value)) return []
    return inMessage(message, value, path.below(name)).map(found => ({ code: 'E097', ...found }))
  })
}

const isMap = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function inMessage(message: string, value: Options, path: Path): readonly Found[] {
  const fields = Object.entries(table[message] ?? {}).map(
    ([key, type]) => [key.replace('!', ''), type, key.endsWith('!')] as const,
  )
  return inFields(fields, value, path)
}

type Field = readonly [name: string, type: string, required: boolean]

function inFields(fields: readonly Field[], value: Options, path: Path): readonly Found[] {
  const missing = fields.filter(([name, , required]) => required && !Object.hasOwn(value, name))
  const inside = Object.entries(value).flatMap(([key, inner]): readonly Found[] => {
    const place = path.below(key)
    const field = fields.find(([name]) => name === key)
    if (field !== undefined) return inField(field[1], inner, place)
    const known = fields.map(([name]) => name)
    const help = suggestion(key, known, value) ?? `must be one of ${known.slice(0, 12).join(', ')}`
    return [{ path: place, at: 'key', message: 'unknown field', help }]
  })
  return [...missing.map(([name]): Found => ({ path, message: `must have the field ${name}` })), ...inside]
}

function inField(type: string, value: unknown, path: Path): readonly Found[] {
  if (!type.endsWith('[]')) return inValue(type, value, path)
  // Mesos accepts a single value in place of a list.
  if (!Array.isArray(value)) return inValue(type.slice(0, -2), value, path)
  return value.flatMap((item, index) => inValue(type.slice(0, -2), item, path.below(index)))
}

function inValue(type: string, value: unknown, path: Path): readonly Found[] {
  const rule = /^(\w+):(\w+)$/.exec(type)
  if (Object.hasOwn(table, type) || rule !== null) {
    if (!isMap(value)) return [{ path, message: `must be a map, got ${show(value)}` }]
    if (rule === null) return inMessage(type, value, path)
    const [, object = '', entity = ''] = rule
    const fields: readonly Field[] = [
      ['principals', 'Entity', true],
      [object, entity, true],
    ]
    return inFields(fields, value, path)
  }
  const { expects, fits } = scalars[type] ?? enumOf(type)
  const near = helping(suggestion(String(value), type.split('|')))
  return fits(value) ? [] : [{ path, message: `must be ${expects}, got ${show(value)}`, ...near }]
}

interface Scalar {
  readonly expects: string
  readonly fits: (value: unknown) => boolean
}

// Mesos also accepts numbers in quotes.
const number = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN

const scalars: Readonly<Record<string, Scalar>> = {
  any: { expects: 'a value', fits: value => value !== null },
  endpoint: {
    expects: 'the path of an endpoint, such as /files/browse',
    fits: value => typeof value === 'string' && /^\/\S+$/.test(value),
  },
  text: { expects: 'a string', fits: value => typeof value === 'string' },
  bool: { expects: 'true or false', fits: value => typeof value === 'boolean' },
  int: { expects: 'a whole number', fits: value => Number.isInteger(number(value)) },
  uint: {
    expects: 'a whole number, 0 or greater',
    fits: value => Number.isInteger(number(value)) && number(value) >= 0,
  },
  positive: { expects: 'a number greater than 0', fits: value => number(value) > 0 },
  fraction: { expects: 'a number from 0 to 1', fits: value => number(value) >= 0 && number(value) <= 1 },
}

function enumOf(type: string): Scalar {
  const words = type.split('|')
  const expects =
    words.length === 1 ? type : `one of ${words.slice(0, 12).join(', ')}${words.length > 12 ? ', …' : ''}`
  return { expects, fits: value => typeof value === 'string' && words.includes(value) }
}
