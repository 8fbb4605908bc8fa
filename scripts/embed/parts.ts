import { YAMLException } from 'js-yaml'
import { type CloudConfig, isMapping } from '../inventory/cloud-config/config.ts'
import { cloudConfigChecks } from '../inventory/cloud-config/every-check.ts'
import { checkCloudConfig } from '../inventory/cloud-config/keys.ts'
import { realPath } from '../inventory/cloud-config/paths.ts'
import { readCloudConfig } from '../inventory/cloud-config/reading.ts'
import { locator } from '../inventory/locate.ts'
import { Path } from '../inventory/problem-path.ts'
import { type Code, isAboutSecrets, type Problem, severityOf } from '../inventory/problems.ts'
import type { Finding } from '../inventory/rules/rule.ts'
import { secretsIn } from '../inventory/secret-text.ts'
import { checkSecrets, withSecrets } from '../inventory/secrets.ts'
import { lineStarts, positionOf } from '../inventory/source.ts'
import { filledIn, placeholder, textTroubles } from './part-text.ts'

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
  return allProblems(part, ours).filter(problem => severityOf(problem) === 'error')
}

/** What is probably a mistake in a part, whatever the node. */
export function partWarnings(part: Part): readonly Problem[] {
  return allProblems(part, '{}').filter(problem => severityOf(problem) === 'warning')
}

function allProblems(part: Part, ours: string): readonly Problem[] {
  const { name, bytes } = part
  const kind = kindOf(part)
  if (kind === undefined) {
    const help = `it must start with ${kinds.map(([start]) => start).join(', ')}`
    return [
      { file: name, path: Path.root, message: 'is not a user-data part that cloud-init supports', help },
    ]
  }
  const text = Buffer.from(bytes).toString()
  const found = inKind(kind, name, text, ours)
  // In cloud-config, secrets are also recognized by their keys.
  return found.some(isAboutSecrets) ? found : [...found, ...secretsInText(name, text)]
}

function inKind(kind: string, file: string, text: string, ours: string): readonly Problem[] {
  if (kind === 'text/cloud-config') return configProblems(file, text, ours)
  if (kind === 'text/cloud-config-archive') return archiveProblems(file, text, ours)
  if (kind === 'text/cloud-config-jsonp') return patchProblems(file, text, ours)
  if (kind === 'text/jinja2') return templateProblems(file, text, ours)
  return textTroubles(kind, text).map(({ line, ...found }) => ({
    file,
    path: Path.root,
    ...(line === undefined ? {} : { line, column: 1 }),
    ...found,
  }))
}

function secretsInText(file: string, text: string): readonly Problem[] {
  const starts = lineStarts(text)
  return secretsIn(text).map(({ what, ...span }): Problem => {
    const { length: _, ...position } = positionOf(text, starts, span)
    const help = 'put it in a file on the machine, and rotate it: it has been exposed'
    return { code: 'E036', file, path: Path.root, ...position, message: `contains ${what}`, help }
  })
}

/** An archive is a list of parts, each as text or with its content in a map (user_data.py, _explode_archive). */
function archiveProblems(file: string, text: string, ours: string): readonly Problem[] {
  const entries = tryRead(text)
  if (!Array.isArray(entries)) {
    const message = 'must be a list of parts, each as text or as a map with content'
    return [{ file, path: Path.root, message }]
  }
  return entries.flatMap((entry, index): readonly Problem[] => {
    const name = `${file}, part ${index + 1}`
    const { content, type }: CloudConfig = isMapping(entry) ? entry : { content: entry }
    if (typeof content !== 'string') {
      return [{ file: name, path: Path.root, message: 'must be text, or a map with content as text' }]
    }
    // What begins like no other kind is cloud-config.
    const kind =
      typeof type === 'string' ? type : (kindOf({ bytes: Buffer.from(content) }) ?? 'text/cloud-config')
    return inKind(kind, name, content, ours)
  })
}

/** A patch of cloud-config: what it adds at the top is checked as if it stood there (handlers/cloud_config.py). */
function patchProblems(file: string, text: string, ours: string): readonly Problem[] {
  const wrong = (message: string, help: string): readonly Problem[] => [
    { file, path: Path.root, message, help },
  ]
  const patch = tryJson(text.trimStart().replace(/^#cloud-config-jsonp/, ''))
  const help = 'write [{ "op": "add", "path": "/runcmd", "value": [] }]'
  if (!Array.isArray(patch) || !patch.every(isOperation))
    return wrong('must be a JSON patch: a list of operations with op, path and value', help)
  const added = patch.flatMap(({ op, path, value }) =>
    op === 'add' && /^\/[^/]+$/.test(String(path)) ? [[String(path).slice(1), value]] : [],
  )
  return configProblems(file, JSON.stringify(Object.fromEntries(added)), ours).map(
    ({ line: _, column: __, length: ___, ...problem }) => problem,
  )
}

const isOperation = (one: unknown) =>
  isMapping(one) &&
  /^(add|remove|replace|move|copy|test)$/.test(String(one.op)) &&
  /^(\/|$)/.test(String(one.path ?? 'none'))

/** A template of cloud-config is checked with words in place of its variables, as far as it is YAML then. */
function templateProblems(file: string, text: string, ours: string): readonly Problem[] {
  const filled = filledIn(text)
  const kind = kindOf({ bytes: Buffer.from(filled) })
  if (kind === undefined || kind === 'text/jinja2') {
    const message =
      'must have #cloud-config or another kind of user data in the line after ## template: jinja'
    return [{ file, path: Path.root, message }]
  }
  const config = kind === 'text/cloud-config' ? tryRead(filled) : undefined
  if (!isMapping(config)) return []
  return configProblems(file, filled, ours).filter(
    ({ path, at }) =>
      at === 'key' || !JSON.stringify(valueAt(config, path.words) ?? '').includes(placeholder),
  )
}

function valueAt(value: unknown, words: readonly string[]): unknown {
  return words.reduce<unknown>(
    (inner, word) => (typeof inner === 'object' && inner !== null ? Object(inner)[word] : undefined),
    value,
  )
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
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
  const others = [...ruleProblems(theirs), ...clashes(own, theirs)]
  const found = withSecrets(others, checkSecrets(theirs))
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
  return [...keys.filter(({ path }) => !/^merge_(how|type)$/.test(String(path))), ...others]
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
