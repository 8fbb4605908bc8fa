import {
  getScalarValue,
  type MappingEvent,
  parseEvents,
  type ScalarEvent,
  type Schema,
  type SequenceEvent,
} from 'js-yaml'
import type { Span } from './source.ts'

/**
 * A value of a YAML text with its position, and the values in it, by key or index, with the positions of their keys.
 */
export interface Place {
  readonly kind: 'scalar' | 'list' | 'map'
  readonly start: number
  readonly span: Span | undefined
  readonly entries: Map<string, Entry>
}

export interface Entry {
  readonly key: Span
  readonly place: Place
}

type Opening = ScalarEvent | SequenceEvent | MappingEvent

interface Open {
  readonly place: Place
  readonly kind: 'document' | 'sequence' | 'mapping'
  readonly merges: Place[]
  key?: Key
}

interface Key {
  readonly name: string
  readonly span: Span
  readonly merges: boolean
}

/** The numbers of the events of js-yaml. */
const DOCUMENT = 1
const SEQUENCE = 2
const MAPPING = 3
const SCALAR = 4
const ALIAS = 5
const PLAIN = 1
const SINGLE_QUOTED = 2
const DOUBLE_QUOTED = 3
const FLOW = 2

/**
 * The positions of all values in a YAML text. Aliases and merges (`<<`) are resolved.
 *
 * @param text readable as YAML
 */
export function placesIn(text: string, schema: Schema): Place {
  const root: Place = { kind: 'map', start: 0, span: undefined, entries: new Map() }
  const anchors = new Map<string, Place>()
  const open: Open[] = [{ place: root, kind: 'document', merges: [] }]
  for (const event of parseEvents(text, {})) {
    if (event.type === DOCUMENT) continue
    if (event.type === ALIAS) {
      const place = anchors.get(text.slice(event.anchorStart, event.anchorEnd))
      if (place !== undefined) put(open.at(-1), place, nameless)
    } else if ('anchorStart' in event) {
      const place = placeFor(text, event, anchors)
      put(open.at(-1), place, event.type === SCALAR ? () => keyOf(text, event, schema) : nameless)
      if (event.type !== SCALAR)
        open.push({ place, kind: event.type === MAPPING ? 'mapping' : 'sequence', merges: [] })
    } else merge(open.pop())
  }
  return root.entries.get('')?.place ?? root
}

const nameless = () => ({ name: '', merges: false })

function placeFor(text: string, event: Opening, anchors: Map<string, Place>): Place {
  const kind = event.type === SCALAR ? 'scalar' : event.type === SEQUENCE ? 'list' : 'map'
  const start = event.type === SCALAR ? event.valueStart : event.start
  const place: Place = { kind, start: Math.max(0, start), span: spanOf(text, event), entries: new Map() }
  if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), place)
  return place
}

/** The position of a text or number, or of the opening bracket of a list or map. Undefined for other values. */
function spanOf(text: string, event: Opening): Span | undefined {
  if (event.type === SCALAR && event.valueStart >= 0) {
    // A block scalar (after | or >) begins with the spaces of its indentation.
    const spaces = event.indent > 0 ? (/^[ \t\r\n]*/.exec(text.slice(event.valueStart))?.[0].length ?? 0) : 0
    const quotes = event.style === DOUBLE_QUOTED || event.style === SINGLE_QUOTED ? 1 : 0
    return { start: event.valueStart + spaces - quotes, end: event.valueEnd + quotes }
  }
  if (event.type === SCALAR || event.style !== FLOW) return undefined
  return { start: event.start, end: event.start + 1 }
}

/** Adds a value to the open list or map, as a key or as the value of the last key. */
function put(open: Open | undefined, place: Place, key: () => Omit<Key, 'span'>): void {
  if (open === undefined) return
  const { entries } = open.place
  if (open.kind === 'document') entries.set('', { key: startOf(place), place })
  else if (open.kind === 'sequence') entries.set(String(entries.size), { key: startOf(place), place })
  else if (open.key === undefined) open.key = { ...key(), span: startOf(place) }
  else {
    if (open.key.merges) open.merges.push(place)
    else entries.set(open.key.name, { key: open.key.span, place })
    delete open.key
  }
}

function startOf({ span, start }: Place): Span {
  return span ?? { start, end: start }
}

/** The keys of a map take precedence over those that are merged into it. */
function merge(closed: Open | undefined): void {
  for (const merged of closed?.merges ?? []) {
    const sources = merged.kind === 'list' ? [...merged.entries.values()].map(({ place }) => place) : [merged]
    for (const [name, entry] of sources.flatMap(({ entries }) => [...entries])) {
      if (!closed?.place.entries.has(name)) closed?.place.entries.set(name, entry)
    }
  }
}

function keyOf(text: string, event: ScalarEvent, schema: Schema): Omit<Key, 'span'> {
  const value = getScalarValue(text, event)
  const plain = event.style === PLAIN
  return {
    name: plain ? String(schema.resolveImplicitScalarTag(value).value) : value,
    merges: plain && value === '<<',
  }
}
