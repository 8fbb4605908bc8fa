import { load, YAMLException } from 'js-yaml'
import type { Mapping } from './check-fields.ts'
import { Refused } from './problems.ts'
import { yaml } from './schema.ts'
import { lineStarts, type Position, positionOf } from './source.ts'

/**
 * Reads a map in YAML.
 *
 * @param file its name, for the messages
 * @throws Refused when the text isn't YAML or holds no map
 */
export function readYaml(text: string, file: string): Mapping {
  const value = loadYaml(text.replace(/^\ufeff/, ''), file)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping
  const message = 'is not an inventory: it must be a map with the key groups; see inventory.example.yaml'
  throw new Refused([{ code: 'E002', file, path: '', message }])
}

function loadYaml(text: string, file: string): unknown {
  try {
    return load(text, { schema: yaml })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    if (error.reason.includes('input is empty')) return undefined
    const message = `is not valid YAML: ${error.reason}`
    throw new Refused([
      {
        code: 'E001',
        file,
        ...placeIn(text, error.mark?.position ?? secondDocument(text)),
        path: '',
        message,
      },
    ])
  }
}

/** Where a second document begins: the one thing of which js-yaml doesn't say where it is. */
function secondDocument(text: string): number | undefined {
  return [...text.matchAll(/^---/gm)].at(-1)?.index
}

function placeIn(text: string, offset: number | undefined): Partial<Position> {
  return offset === undefined ? {} : positionOf(text, lineStarts(text), { start: offset, end: offset })
}
