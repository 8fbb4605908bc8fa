import { createHash } from 'node:crypto'
import { load } from 'js-yaml'
import { orRefuse, type Problem, Refused } from '../inventory/problems.ts'
import type { Material, Rendered } from './format.ts'

/** A part of the user: a shell script, a cloud-config, or another kind that cloud-init supports. */
export interface Part {
  /** The name of its file. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** cloud-init recognizes the kinds by their first line (cloud-init documentation, "User-data formats"). */
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

// The part of the node is merged last, so that its merge rule applies: the files and commands of the node come first,
// none of those of the user are dropped, and the host name is that of the node (cloudinit/mergers).
const merging = 'list(prepend)+dict(no_replace,recurse_list,recurse_str)+str()'

/**
 * The user data of a node and the parts of the user as a MIME message. Parts are encoded in base64, which preserves
 * every byte.
 *
 * @throws Refused if the kind of a part is unknown, or a part contradicts the user data of the node
 */
export function mimeMessage({ userData }: Rendered, { parts }: Material): Uint8Array {
  const ours: Part = { name: `${userData.name}.yaml`, bytes: Buffer.from(userData.text) }
  const problems = parts.flatMap(part => troubleWith(part, userData.text))
  const all = orRefuse([...parts, ours], problems)
  const boundary = boundaryFor(all)
  const message = [
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    ...all.flatMap((part, index) => [
      `--${boundary}`,
      `Content-Type: ${kindOf(part)}; charset="utf-8"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${part === ours ? part.name : fileName(part, index)}"`,
      ...(part === ours ? [`Merge-Type: ${merging}`] : []),
      '',
      ...lines(Buffer.from(part.bytes).toString('base64')),
    ]),
    `--${boundary}--`,
    '',
  ]
  return Buffer.from(message.join('\n'))
}

/** Derived from the parts, so that the same parts give the same message. Base64 cannot contain it. */
function boundaryFor(parts: readonly Part[]): string {
  const hash = createHash('sha256')
  for (const { bytes } of parts) hash.update(bytes).update('\0')
  return `=mesos-bakery-${hash.digest('hex').slice(0, 16)}=`
}

function kindOf({ bytes }: Part): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  return kinds.find(([start]) => head.startsWith(start))?.[1]
}

/**
 * cloud-init saves scripts under these names next to `runcmd`, and runs them in alphabetical order (subp.py, runparts).
 * A script of the user must not run before the commands of the node, and must not overwrite another script.
 */
function fileName({ name }: Part, index: number): string {
  const number = String(index + 1).padStart(3, '0')
  return `user-${number}-${name.replace(/^.*\//, '').replace(/[^\w.+-]/g, '_')}`
}

// RFC 2045 limits the lines of base64 to 76 characters.
const lines = (text: string) => text.match(/.{1,76}/g) ?? []

function troubleWith(part: Part, ours: string): readonly Problem[] {
  const kind = kindOf(part)
  if (kind === undefined) {
    const help = `it must start with ${kinds.map(([start]) => start).join(', ')}`
    return [{ file: part.name, path: '', message: 'is not a user-data part that cloud-init supports', help }]
  }
  if (kind !== 'text/cloud-config') return []
  const theirs = readMap(part)
  return Object.entries(readYaml(ours))
    .filter(([key]) => Object.hasOwn(theirs, key))
    .flatMap(([key, value]) => clashes(part.name, key, [value, theirs[key]]))
}

/** Lists are concatenated. Of two other values, or of two files with the same path, only one would be kept. */
function clashes(
  file: string,
  path: string,
  [ours, theirs]: readonly [unknown, unknown],
): readonly Problem[] {
  const problem = (what: string): Problem => ({
    file,
    path,
    message: `${what} is set by the node's own user data`,
    help: 'remove it',
  })
  if (!Array.isArray(ours) || !Array.isArray(theirs)) return [problem('this')]
  if (path !== 'write_files') return []
  const paths = new Set(ours.map(pathIn))
  return theirs
    .map(pathIn)
    .filter(one => one !== undefined && paths.has(one))
    .map(one => problem(`${one}`))
}

function pathIn(file: unknown): unknown {
  return (file as { path?: unknown } | null)?.path
}

function readMap(part: Part): Record<string, unknown> {
  try {
    return readYaml(Buffer.from(part.bytes).toString())
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new Refused([{ file: part.name, path: '', message: `is not valid YAML: ${reason}` }])
  }
}

function readYaml(text: string): Record<string, unknown> {
  const value = load(text)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
