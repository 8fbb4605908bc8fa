import { YAMLException } from 'js-yaml'
import { type CloudConfig, isMapping } from '../inventory/cloud-config/config.ts'
import { cloudConfigChecks } from '../inventory/cloud-config/every-check.ts'
import { checkCloudConfig } from '../inventory/cloud-config/keys.ts'
import { realPath } from '../inventory/cloud-config/paths.ts'
import { readCloudConfig } from '../inventory/cloud-config/reading.ts'
import { locator } from '../inventory/locate.ts'
import { Path } from '../inventory/problem-path.ts'
import { type Code, type Problem, severityOf } from '../inventory/problems.ts'
import type { Finding } from '../inventory/rules/rule.ts'

/** A part of the user's own: a shell script, cloud-config, or another of cloud-init's kinds. */
export interface Part {
  /** The name of its file. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** cloud-init tells the kinds apart by how they begin (its documentation, "User-data formats"). */
const kinds: readonly (readonly [start: string, type: string])[] = [
  ['#!', 'text/x-shellscript'],
  ['#cloud-config-archive', 'text/cloud-config-archive'],
  ['#cloud-config-jsonp', 'text/cloud-config-jsonp'],
  ['#cloud-config', 'text/cloud-config'],
  ['#cloud-boothook', 'text/cloud-boothook'],
  ['#include-once', 'text/x-include-once-url'],
  ['#include', 'text/x-include-url'],
  ['#part-handler', 'text/part-handler'],
  ['## template: jinja', 'text/jinja2'],
]

/** The type of a part, or nothing where cloud-init knows none. */
export function kindOf({ bytes }: Pick<Part, 'bytes'>): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  return kinds.find(([start]) => head.startsWith(start))?.[1]
}

/**
 * What is wrong with a part: that it is of no known kind, breaks a rule about cloud-config, or sets what the user data of
 * the node sets.
 *
 * @param ours the user data of the node
 */
export function partProblems(part: Part, ours: string): readonly Problem[] {
  const kind = kindOf(part)
  if (kind === undefined) {
    const help = `it must start with ${kinds.map(([start]) => start).join(', ')}`
    return [
      { file: part.name, path: Path.root, message: 'is not a user-data part that cloud-init supports', help },
    ]
  }
  const text = Buffer.from(part.bytes).toString()
  if (kind === 'text/cloud-config') return configProblems(part.name, text, ours)
  return kind === 'text/cloud-config-archive' ? archiveProblems(part.name, text, ours) : []
}

/** An archive is a list of parts, each as text or with its content in a map (handlers and user_data.py, _explode_archive). */
function archiveProblems(file: string, text: string, ours: string): readonly Problem[] {
  const entries = tryRead(text)
  if (!Array.isArray(entries)) return configProblems(file, text, ours)
  return entries.flatMap((entry, index): readonly Problem[] => {
    const content = isMapping(entry) ? entry.content : entry
    if (typeof content !== 'string' || kindOf({ bytes: Buffer.from(content) }) !== 'text/cloud-config')
      return []
    return configProblems(`${file}, part ${index + 1}`, content, ours)
  })
}

function configProblems(file: string, text: string, ours: string): readonly Problem[] {
  let theirs: unknown
  try {
    theirs = readCloudConfig(text)
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    return [{ file, path: Path.root, message: `is not valid YAML: ${error.reason}` }]
  }
  if (!isMapping(theirs)) {
    return [{ file, path: Path.root, message: 'must be a map, such as packages: [htop]' }]
  }
  const own = readCloudConfig(ours) as CloudConfig
  const found = [...ruleProblems(theirs), ...clashes(own, theirs)]
  const positionOf = locator({ file, text })
  return found
    .filter(({ path }, index) => found.findIndex(other => other.path.isSame(path)) === index)
    .map(one => ({ file, ...one, ...positionOf(one.path, one.at) }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
}

function tryRead(text: string): unknown {
  try {
    return readCloudConfig(text)
  } catch {
    return undefined
  }
}

/** What the rules about `user_data_extra` say. How parts are merged is the user's to say in a part. */
function ruleProblems(config: CloudConfig): readonly Problem[] {
  const keys = checkCloudConfig(config, Path.root).map((finding): Problem => ({ code: 'E041', ...finding }))
  const others = Object.entries(cloudConfigChecks).flatMap(([code, check]) =>
    check(config, Path.root).map((finding): Problem => ({ code: code as Code, ...finding })),
  )
  return [...keys.filter(({ path }) => !/^merge_(how|type)$/.test(String(path))), ...others].filter(
    problem => severityOf(problem) === 'error',
  )
}

/** Two lists become one. But of two other values, or of two files with one path, only one would be left. */
function clashes(ours: CloudConfig, theirs: CloudConfig): readonly Finding[] {
  const problem = (path: Path, what: string): Finding => ({
    path,
    message: `${what} is set by the node's own user data`,
    help: 'remove it',
  })
  return Object.entries(ours).flatMap(([key, own]): readonly Finding[] => {
    if (!Object.hasOwn(theirs, key)) return []
    const other = theirs[key]
    if (!Array.isArray(own) || !Array.isArray(other)) return [problem(Path.inInventory(key), 'this')]
    if (key !== 'write_files') return []
    const paths = new Set(own.map(pathIn))
    return other.flatMap((file, index) => {
      const path = pathIn(file)
      return path !== undefined && paths.has(path)
        ? [problem(Path.inInventory(key, index, 'path'), path)]
        : []
    })
  })
}

function pathIn(file: unknown): string | undefined {
  return isMapping(file) && typeof file.path === 'string' ? realPath(file.path) : undefined
}
