import { CORE_SCHEMA, constructFromEvents, parseEvents, YAML11_SCHEMA, YAMLException } from 'js-yaml'
import { cloudConfigKeys } from '../inventory/cloud-config/keys.ts'
import { lineStarts, positionOf } from '../inventory/source.ts'
import type { UserData } from './render.ts'

/** A problem in a rendered document, and its line, counted from 1. */
export interface Flaw {
  readonly message: string
  readonly line: number
}

interface CloudConfig {
  readonly write_files?: readonly {
    readonly path: string
    readonly content: unknown
    readonly append?: unknown
  }[]
}

/**
 * Parts of a document that cloud-init would read differently than intended. It reads YAML 1.1, in which `no` and `1:30`
 * are not strings; it ignores unknown keys; and of two files with the same path, only the second one remains.
 */
export function flawsOf({ text }: UserData): readonly Flaw[] {
  try {
    const events = parseEvents(text, {})
    const [document] = constructFromEvents(events, { source: text, schema: CORE_SCHEMA })
    const [older] = constructFromEvents(events, { source: text, schema: YAML11_SCHEMA })
    return [
      ...otherMeaning(text, document, older),
      ...unknownKeys(text, document),
      ...badFiles(text, document),
    ]
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const offset = error.mark?.position ?? 0
    const { line } = positionOf(text, lineStarts(text), { start: offset, end: offset })
    return [{ message: `is not valid YAML: ${error.reason}`, line }]
  }
}

function otherMeaning(text: string, document: unknown, older: unknown): readonly Flaw[] {
  if (JSON.stringify(document) === JSON.stringify(older)) return []
  const [key, value] = firstDifference(document, older) ?? ['', older]
  return [
    {
      message: `cloud-init, which uses YAML 1.1, reads ${key} as ${JSON.stringify(value)}`,
      line: lineOf(text, key),
    },
  ]
}

/** The innermost key or value that differs between two documents, with the value in the second one. */
function firstDifference(one: unknown, other: unknown, key = ''): readonly [string, unknown] | undefined {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return JSON.stringify(one) === JSON.stringify(other) ? undefined : [key, other]
  }
  for (const [name, value] of Object.entries(one)) {
    const found = firstDifference(value, (other as Record<string, unknown>)[name], name)
    if (found !== undefined) return found
  }
  return undefined
}

function unknownKeys(text: string, document: unknown): readonly Flaw[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return [{ message: 'cloud-config must be a map', line: 1 }]
  }
  return Object.keys(document)
    .filter(key => !cloudConfigKeys.includes(key))
    .map(key => ({ message: `${key} is not a cloud-init key`, line: lineOf(text, key) }))
}

function badFiles(text: string, document: unknown): readonly Flaw[] {
  const files = (document as CloudConfig | null)?.write_files ?? []
  const seen = new Set<string>()
  return files.flatMap(({ path, content, append }): readonly Flaw[] => {
    const line = lineOf(text, String(path))
    const twice = seen.has(path) && !append ? [{ message: `${path} is defined twice`, line }] : []
    seen.add(path)
    const ours = /^\/etc\/consul\.d\/[\w-]+\.json$/.test(path)
    return [...twice, ...(ours && !isJson(content) ? [{ message: `${path} is not valid JSON`, line }] : [])]
  })
}

function isJson(content: unknown): boolean {
  try {
    JSON.parse(String(content))
    return true
  } catch {
    return false
  }
}

function lineOf(text: string, word: string): number {
  const index = text.split('\n').findIndex(line => line.includes(word))
  return Math.max(0, index) + 1
}
