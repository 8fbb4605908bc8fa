import {
  artifactFields,
  drainFields,
  type Field,
  groupFields,
  imageFields,
  inventoryFields,
  rollFields,
  seatFields,
  sshFields,
} from './fields.ts'

/** A key of the inventory, the path at which it stands, and the keys below it. */
export interface Key {
  readonly path: string
  readonly field: Field
  readonly below: readonly string[]
}

const tables: readonly (readonly [place: string, fields: Readonly<Record<string, Field>>])[] = [
  ['', inventoryFields],
  ['image.', imageFields],
  ['image.artifacts[].', artifactFields],
  ['roll.', rollFields],
  ['drain.', drainFields],
  ['ssh.', sshFields],
  ['groups.<name>.', groupFields],
  ['groups.<name>.seats.<number>.', seatFields],
]

const keys: readonly Key[] = tables.flatMap(([place, fields]) =>
  Object.entries(fields).map(([name, field]) => {
    const path = `${place}${name}`
    const below = tables.find(([other]) => other.replace(/(\[\]|\.<\w+>)\.$/, '.') === `${path}.`)
    return { path, field, below: Object.keys(below?.[1] ?? {}) }
  }),
)

export const keyNames: readonly string[] = [...new Set(keys.map(({ path }) => nameOf(path)))]

/**
 * The keys with a name or path: `count`, `image.subnet`, `groups.web.count`. Several keys may have the same name.
 */
export function keysNamed(asked: string): readonly Key[] {
  const steps = asked.split('.')
  const found = keys.filter(({ path }) => nameOf(path) === steps.at(-1))
  if (steps.length === 1) return found
  return found.filter(({ path }) => matches(path.split('.'), steps))
}

/** The keys that may stand in the map at a path, or at the top of the inventory. */
export function keysIn(place: readonly string[]): readonly Key[] {
  return keys.filter(({ path }) => {
    const steps = path.split('.')
    const above = steps.slice(0, -1)
    return (
      above.length === place.length &&
      above.every((step, index) => step.startsWith('<') || step.replace('[]', '') === place[index])
    )
  })
}

/** Whether a path matches a pattern, in which some parts stand for any name. */
function matches(known: readonly string[], steps: readonly string[]): boolean {
  const named = known.filter(step => !step.startsWith('<')).map(step => step.replace('[]', ''))
  const exact =
    known.length === steps.length &&
    known.every((step, index) => step.startsWith('<') || step.replace('[]', '') === steps[index])
  return exact || named.join('.') === steps.filter(step => !/^\d+$/.test(step)).join('.')
}

function nameOf(path: string): string {
  return path.split('.').at(-1) ?? path
}
