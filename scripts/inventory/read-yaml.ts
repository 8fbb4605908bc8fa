import { load, YAMLException } from 'js-yaml'
import type { Mapping } from './check-fields.ts'
import { Path } from './problem-path.ts'
import { helping, type Problem, Refused } from './problems.ts'
import { yaml } from './schema.ts'
import { lineStarts, positionOf } from './source.ts'
import type { Cause } from './yaml-broken.ts'
import { causeOf, causeOfText } from './yaml-cause.ts'

/**
 * Reads a map in YAML.
 *
 * @param file its name, for the messages
 * @throws Refused if the text is not YAML or contains no map
 */
export function readYaml(text: string, file: string): Mapping {
  const plain = text.replace(/^\ufeff/, '')
  const value = loadYaml(plain, file)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping
  const cause = typeof value === 'string' ? causeOfText(plain) : undefined
  if (cause !== undefined) throw new Refused([problemOf(plain, file, cause)])
  const message = 'is not an inventory: it must be a map with the key groups; see inventory.example.yaml'
  throw new Refused([{ code: 'E002', file, path: Path.root, message }])
}

function loadYaml(text: string, file: string): unknown {
  try {
    return load(text, { schema: yaml })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const { reason, mark } = error
    if (reason.includes('input is empty')) return undefined
    const at = mark?.position ?? 0
    throw new Refused([
      problemOf(text, file, causeOf(text, reason, at) ?? { start: at, end: at, message: reason }),
    ])
  }
}

function problemOf(text: string, file: string, { start, end, message, help, also }: Cause): Problem {
  const starts = lineStarts(text)
  const noteOf = ({ at, message }: NonNullable<Cause['also']>) => {
    const { line, column } = positionOf(text, starts, { start: at, end: at })
    return { message, file, line, column }
  }
  return {
    code: 'E001',
    file,
    ...positionOf(text, starts, { start, end }),
    path: Path.root,
    message: `is not valid YAML: ${message}`,
    ...helping(help),
    ...(also !== undefined && { notes: [noteOf(also)] }),
  }
}
