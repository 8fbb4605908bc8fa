import { suggestion } from '../inventory/nearest.ts'
import { Path } from '../inventory/problem-path.ts'
import { orRefuse, type Problem, Refused } from '../inventory/problems.ts'
import { gzip } from '../user-data/gzip.ts'
import { userDataLimit } from '../user-data/limit.ts'
import { cloudformation } from './cloudformation.ts'
import type { Format, Material, OutFile, Rendered } from './format.ts'
import { json } from './json.ts'
import { mimeMessage } from './mime.ts'
import { nocloud } from './nocloud.ts'
import { terraform, terraformExternal } from './terraform.ts'

const plain = ({ userData }: Rendered) => Buffer.from(userData.text)
const packed = ({ userData }: Rendered) => gzip(Buffer.from(userData.text))
const base64 = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString('base64'))
const raw = (bytes: Uint8Array) => bytes.length
const behindBase64 = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString(), 'base64').length

/** The formats in which user data can be passed to other tools. */
export const formats = {
  'cloud-config': { kind: 'node', ending: '.yaml', counted: raw, encode: plain },
  gzip: { kind: 'node', ending: '.yaml.gz', counted: raw, encode: packed },
  base64: { kind: 'node', ending: '.base64', counted: behindBase64, encode: one => base64(plain(one)) },
  'gzip+base64': {
    kind: 'node',
    ending: '.gz.base64',
    counted: behindBase64,
    encode: one => base64(packed(one)),
  },
  mime: { kind: 'node', ending: '.mime', counted: raw, encode: mimeMessage },
  json,
  nocloud,
  terraform,
  'terraform-external': terraformExternal,
  cloudformation,
} as const satisfies Record<string, Format>

export type FormatName = keyof typeof formats

export const formatNames = Object.keys(formats) as readonly FormatName[]

/**
 * Finds a format by its name.
 *
 * @param path the option or parameter, for the message
 * @throws Refused with the most similar name
 */
export function formatNamed(name: string, path: Path): FormatName {
  if (Object.hasOwn(formats, name)) return name as FormatName
  const help = suggestion(name, formatNames) ?? `use one of: ${formatNames.join(', ')}`
  throw new Refused([{ path, message: `unknown format ${name}`, help }])
}

/**
 * Writes nodes in a format.
 *
 * @throws Refused if the format cannot represent the bytes
 */
export function writeAs(name: FormatName, material: Material): readonly OutFile[] {
  const format: Format = formats[name]
  if (format.kind === 'cluster') return format.write(material)
  const files = material.nodes.map(one => ({
    path: `${one.node.name}${format.ending}`,
    bytes: format.encode(one, material),
  }))
  const problems = material.nodes.flatMap((one, index) => {
    const bytes = format.counted?.(files[index]?.bytes ?? new Uint8Array()) ?? 0
    return bytes > userDataLimit ? [tooLarge(name, one, bytes)] : []
  })
  return orRefuse(files, problems)
}

function tooLarge(format: FormatName, one: Rendered, bytes: number): Problem {
  const small = packed(one).length
  const smaller = { 'cloud-config': 'gzip', base64: 'gzip+base64' }[format as string]
  const shorter = `shorten its ${format === 'mime' ? 'parts' : 'variables'}`
  const help =
    smaller !== undefined && small <= userDataLimit ? `use --format ${smaller} (${small} bytes)` : shorter
  return {
    path: Path.outside(one.node.name),
    message: `is too large for EC2 as ${format} (${bytes} bytes, limit ${userDataLimit})`,
    help,
  }
}
