import { createHash } from 'node:crypto'
import { type Cluster, nodesOf } from '../../scripts/cluster/cluster.ts'
import type { Material } from '../../scripts/embed/format.ts'
import { renderNode } from '../../scripts/user-data/render.ts'
import { templates } from './sample.ts'

/** The input of a format, for every node of a cluster. */
export function materialOf(cluster: Cluster): Material {
  const nodes = nodesOf(cluster).map(node => ({ node, userData: renderNode(templates, cluster, node) }))
  return { cluster, nodes, named: false, parts: [], instance: undefined }
}

/** The same nodes with user data that no inventory produces but that formats must support. */
export function withText(material: Material, text: string): Material {
  const nodes = material.nodes.map(({ node, userData }) => ({
    node,
    userData: { ...userData, text, bytes: Buffer.byteLength(text), sha256: sha256(text) },
  }))
  return { ...material, nodes }
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Text with a special meaning in Terraform, CloudFormation, Jinja, ejs, shells, MIME or YAML. */
const hostile = [
  'a €{b} €€{c} €€€{d} %{ if } %%{ e } %%%{ f €{ %{ € %'.replaceAll('€', '$'),
  '{{ ds.meta_data }} {% raw %} <%= x %> <%- y %> <!Sub €{AWS::Region}'.replaceAll('€', '$'),
  `"double" 'single' \`back\` \\ \\\\ \\n \\u0041 !Ref &a *b`,
  'ä é ß ☃ 😀 漢字',
  '--=mesos-bakery-=',
  ' \t leading and trailing \t ',
  '=3D =\u00a0= From me',
].join('\n')

export const hostileTexts: Readonly<Record<string, string>> = {
  'hostile marks': hostile,
  'CRLF lines': `#cloud-config\r\n${hostile.replaceAll('\n', '\r\n')}\r\n`,
  'a trailing newline': `${hostile}\n`,
  'many trailing newlines': `${hostile}\n\n\n`,
  'a lone CR': `#cloud-config\ra: b\r`,
}
