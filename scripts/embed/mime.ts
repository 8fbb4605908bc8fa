import { createHash } from 'node:crypto'
import { orRefuse } from '../inventory/problems.ts'
import type { Material, Rendered } from './format.ts'
import { kindOf, type Part, partProblems } from './parts.ts'

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
  const problems = parts.flatMap(part => partProblems(part, userData.text))
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
